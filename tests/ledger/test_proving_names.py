"""How `dawam ledger prove` reads what a person calls an account or a transfer."""

from contextlib import closing

import pytest

from dawam.cli import run
from dawam.kernel import id_from_text, id_to_text
from dawam.ledger import TABLES, Account, Ledger, SigningKey, Transfer
from dawam.ledger.chart import Chart, account_id_of
from dawam.storage import Storage

MOMENT = 1_700_000_000_000_000_000
KEY = SigningKey.generate("ledger.example.org/books", b"k" * 32)
PUBLIC = KEY.verifying.text
WALLET, OTHER = account_id_of("liabilities:wallets:amal"), 77
BOTH = "10000000000000000000000001"  # 26 digits, of which each reading is in the books
AS_ULID = 32**25 + 1
NUMBERS = ["80000000000000000000000001", "20000000000000000000000002"]  # no ULID; one that is not there
ULID = "30000000000000000000000003"


@pytest.fixture
def typed(capsys):
    """A command: its status, what it printed, and the code of its refusal."""

    def type_words(*words):
        status = run(["ledger", *map(str, words)])
        said = capsys.readouterr()
        return status, said.out, said.err.partition("(")[2].partition(")")[0]

    return type_words


@pytest.fixture
def books(tmp_path, typed):
    """Opens books with some accounts and a transfer for each, signed; returns their URL."""

    def open_books(*ids):
        url = f"sqlite:///{tmp_path / 'books.db'}"
        with closing(Storage.open(url, tables=TABLES, inline=True)) as storage:
            ledger = Ledger(storage)
            chart = Chart(storage, ledger)
            accounts = [Account(each, 818, 1) for each in ids]
            sent = [Transfer(each, ids[0], ids[1], 1, ledger=818, code=1) for each in sorted(ids)]

            def fill(tx):
                assert not any(ledger.create_accounts(tx, accounts, now_ns=MOMENT))
                assert not any(ledger.post_transfers(tx, sent, now_ns=MOMENT))
                if WALLET in ids:
                    chart.name_account(tx, "liabilities:wallets:amal", WALLET)

            storage.write_now(fill)
        key = tmp_path / "log.key"
        key.write_text(KEY.text)
        assert typed("checkpoint", "--database", url, "--key", key)[0] == 0
        return url

    return open_books


@pytest.mark.parametrize(
    ("name", "code"),
    [
        ("liabilities:wallets:amal", None),
        ("equity:unmapped:0000000000000000000000002d", None),
        ("Equity:Unmapped:0000000000000000000000002D", None),  # as in beancount
        ("equity:unmapped:1xxtbahnwtj4ryha2g0vgy0m7g", None),  # though it has a path
        ("equity:unmapped:0000000000000000000000002e", "ledger_account_unknown"),
        ("equity:unmapped:77", "id_malformed"),
        ("equity:unmapped:", "id_malformed"),
        ("equity:unmapped", "chart_path_malformed"),
        ("equity:unmapped:x:0000000000000000000000002d", "chart_path_malformed"),
    ],
)
def test_an_account_is_found_by_its_name_in_an_export(books, typed, name, code):
    url = books(WALLET, OTHER)
    status, out, refused = typed("prove", name, "--database", url)
    if code is None:
        assert (status, out.partition("\n")[0]) == (0, "dawam-balance-proof 1")
    else:
        assert (status, out, refused) == (2, "", code)


def test_26_digits_are_the_account_or_transfer_that_is_in_the_books(books, typed, tmp_path):
    url = books(int(BOTH), AS_ULID, *map(int, NUMBERS), id_from_text(ULID))

    def found(*words):
        checkpoint, proof = tmp_path / "checkpoint", tmp_path / "proof"
        files = ("--out", proof, "--checkpoint-out", checkpoint)
        assert typed("prove", *words, "--database", url, *files) == (0, "", "")
        told = typed("verify", proof, checkpoint, "--key", PUBLIC)[1]
        proof.unlink()
        checkpoint.unlink()
        return told

    for option, unknown in ([], "ledger_account_unknown"), (["--transfer"], "transfer_unknown"):
        for number in NUMBERS:
            assert id_to_text(int(number)) in found(*option, number)
        assert ULID in found(*option, ULID)
        assert typed("prove", *option, BOTH, "--database", url) == (2, "", "id_ambiguous")
        assert id_to_text(int(BOTH)) in found(*option, f"0{BOTH}")
        assert BOTH in found(*option, f"0{AS_ULID}")
        assert typed("prove", *option, "4" * 26, "--database", url) == (2, "", unknown)
