"""Where reports go."""

import os
from pathlib import Path

from dawam.kernel import InvalidInput


def check_folder(folder: Path) -> None:
    """Make the folder before the work begins, so that a long run does not end in vain.

    Raises: InvalidInput `report_unwritable`.
    """
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise InvalidInput(
            "report_unwritable", folder=str(folder), reason=os.strerror(error.errno or 0)
        ) from None
    if not os.access(folder, os.W_OK):
        raise InvalidInput("report_unwritable", folder=str(folder), reason="not writable")
