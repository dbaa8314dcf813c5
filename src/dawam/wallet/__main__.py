"""`python -m dawam.wallet …`: the wallet core's commands without the rest of Dawam."""

import sys

from dawam.kernel import DawamError
from dawam.wallet.commands import wallet
from dawam.web import explain

try:
    wallet()
except DawamError as error:
    says = explain(error, "en")
    print(f"{says.code}: {says.detail} {says.action}".rstrip(), file=sys.stderr)  # noqa: T201
    sys.exit(2)
