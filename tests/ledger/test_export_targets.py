"""Where an export is written: the target is whole or not there, and nothing is overwritten."""

import os
import resource

import pytest

from dawam.kernel import Conflict, InvalidInput, Unavailable
from dawam.ledger import Account
from dawam.ledger.exports import Format, JournalEntry, export

NOW = 1_790_000_000_000_000_000
EGP = 818


@pytest.mark.parametrize("format", Format)
def test_an_existing_target_is_left_alone(tmp_path, format):
    file, folder, link = tmp_path / "file", tmp_path / "folder", tmp_path / "link"
    file.write_text("mine")
    folder.mkdir()
    link.symlink_to(tmp_path / "nowhere")
    for target in (file, folder, link):
        with pytest.raises(Conflict, match="export_exists"):
            export([], target=target, format=format)
    assert file.read_text() == "mine"
    assert sorted(tmp_path.iterdir()) == [file, folder, link]


@pytest.mark.parametrize("format", Format)
def test_a_target_that_appears_meanwhile_is_left_alone(tmp_path, format):
    target = tmp_path / "books"

    def entries():
        target.write_text("somebody else's")
        yield JournalEntry(1, Account(1, EGP, 1, timestamp=NOW))

    with pytest.raises(Conflict, match="export_exists"):
        export(entries(), target=target, format=format)
    assert target.read_text() == "somebody else's"
    assert list(tmp_path.iterdir()) == [target]


@pytest.mark.parametrize("format", Format)
def test_a_full_disk_leaves_nothing(tmp_path, format):
    entries = [JournalEntry(seq, Account(seq, EGP, 1, timestamp=NOW)) for seq in range(1, 9000)]
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (4096, before[1]))
    try:
        with pytest.raises(Unavailable, match="export_unwritable") as caught:
            export(entries, target=tmp_path / "books", format=format)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)
    assert caught.value.params["reason"] == os.strerror(27)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("format", Format)
def test_a_folder_that_is_not_there_is_named(tmp_path, format):
    with pytest.raises(Unavailable, match="export_unwritable") as caught:
        export([], target=tmp_path / "missing" / "books", format=format)
    assert caught.value.params == {"file": str(tmp_path / "missing" / "books"), "reason": os.strerror(2)}


@pytest.mark.parametrize("format", Format)
def test_a_journal_that_breaks_off_leaves_nothing(tmp_path, format):
    def entries():
        yield JournalEntry(1, Account(1, EGP, 1, timestamp=NOW))
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        export(entries(), target=tmp_path / "books", format=format)
    assert list(tmp_path.iterdir()) == []


def test_an_unknown_format_is_refused(tmp_path):
    with pytest.raises(InvalidInput, match="export_format_unknown"):
        export([], target=tmp_path / "books", format="ledger-cli")
    assert list(tmp_path.iterdir()) == []


def test_progress_is_told(tmp_path):
    told = []
    entries = (JournalEntry(seq, Account(seq, EGP, 1, timestamp=NOW)) for seq in range(1, 20_001))
    export(entries, target=tmp_path / "books", format="hledger", on_progress=told.append)
    assert told == [8192, 16_384]
