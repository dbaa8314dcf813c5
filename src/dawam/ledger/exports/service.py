"""Write an export: beside its target first, under the target's name when it is whole."""

import os
import re
import shutil
from collections.abc import Callable, Iterable, Iterator
from contextlib import suppress
from pathlib import Path

from polars.exceptions import PolarsError

from dawam.kernel import Conflict, InvalidInput, Unavailable
from dawam.ledger.exports import beancount, hledger, parquet
from dawam.ledger.exports.model import Exported, Format, JournalEntry, Names
from dawam.ledger.model import Transfer

_BUFFER_BYTES = 1 << 20
_TOLD_EVERY = 8192
_OS_ERROR = re.compile(r"\(os error (\d+)\)")  # how Polars quotes the operating system

Progress = Callable[[int], None]


class _Counted:
    """The entries on their way, counted."""

    def __init__(self, entries: Iterable[JournalEntry], on_progress: Progress | None) -> None:
        self._entries = entries
        self._on_progress = on_progress
        self.accounts = 0
        self.transfers = 0

    def __iter__(self) -> Iterator[JournalEntry]:
        for entry in self._entries:
            yield entry
            if isinstance(entry.record, Transfer):
                self.transfers += 1
            else:
                self.accounts += 1
            if self._on_progress and not (self.accounts + self.transfers) % _TOLD_EVERY:
                self._on_progress(self.accounts + self.transfers)


def export(
    entries: Iterable[JournalEntry],
    *,
    target: Path,
    format: Format | str,
    names: Names = lambda account_id: None,
    on_progress: Progress | None = None,
) -> Exported:
    """Write the journal's records, from the first, to a file, or for Parquet to a folder.

    `entries` are read once, in their order; `on_progress` is told how many were written. Whatever stops it,
    nothing is left under the target's name.
    Raises: InvalidInput `export_format_unknown`; Conflict `export_exists`; Unavailable `export_unwritable`;
    what reading the entries raises.
    """
    wanted = _format_of(format)
    if os.path.lexists(target):
        raise Conflict("export_exists", file=str(target))
    counted = _Counted(entries, on_progress)
    partial = target.with_name(f".{target.name}.{os.getpid()}.partial")
    try:
        if wanted is Format.PARQUET:
            partial.mkdir()
            parquet.write(counted, names, partial)
        else:
            texts = hledger.texts if wanted is Format.HLEDGER else beancount.texts
            with partial.open("x", encoding="ascii", newline="\n", buffering=_BUFFER_BYTES) as file:
                file.writelines(texts(counted, names))
        _make_durable(partial)
        _give_name(partial, target)
        _sync_folder(target.parent)
    except (OSError, PolarsError) as error:
        reason = _reason(error)
        if reason is None:
            raise
        raise Unavailable("export_unwritable", file=str(target), reason=reason) from None
    finally:
        _remove(partial)
    return Exported(counted.accounts, counted.transfers)


def _format_of(name: str) -> Format:
    try:
        return Format(name)
    except ValueError:
        raise InvalidInput("export_format_unknown", format=name[:40], known=", ".join(Format)) from None


def _give_name(partial: Path, target: Path) -> None:
    """Rename without overwriting: a file by a second link where the file system has links."""
    if partial.is_file():
        try:
            target.hardlink_to(partial)
        except FileExistsError:
            raise Conflict("export_exists", file=str(target)) from None
        except OSError:  # no links here: look once more, then rename
            pass
        else:
            return
    if os.path.lexists(target):
        raise Conflict("export_exists", file=str(target))
    partial.rename(target)


def _make_durable(partial: Path) -> None:
    for file in sorted(partial.iterdir()) if partial.is_dir() else [partial]:
        _sync(file)
    if partial.is_dir():
        _sync_folder(partial)


def _sync(place: Path) -> None:
    handle = os.open(place, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def _sync_folder(folder: Path) -> None:
    with suppress(OSError):  # not every file system can
        _sync(folder)


def _remove(partial: Path) -> None:
    if partial.is_dir():
        shutil.rmtree(partial, ignore_errors=True)
    else:
        with suppress(OSError):
            partial.unlink()


def _reason(error: Exception) -> str | None:
    """The operating system's words, without the path; None when it is not its doing."""
    if isinstance(error, OSError) and error.errno:
        return os.strerror(error.errno)
    number = _OS_ERROR.search(str(error))
    return os.strerror(int(number.group(1))) if number else None
