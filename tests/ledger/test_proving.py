"""Checkpoints with balances, and proofs from the books: on both engines, beside a writer, again and again."""

import asyncio
from contextlib import closing
from dataclasses import replace

import pytest

from dawam.kernel import Conflict, DawamError, IntegrityBroken, InvalidInput, NotFound, Unavailable
from dawam.ledger import TABLES, Account, Ledger, Proofs, SigningKey, Transfer, sealing
from dawam.ledger.proofs import (
    open_checkpoint,
    read_signing_key,
    salt_key,
    store,
    verify,
    verify_growth,
    verify_record,
    write_file,
)
from dawam.storage import Storage

KEY = SigningKey.generate("ledger.example.org/books", b"k" * 32)
OTHER_LOG = SigningKey.generate("ledger.example.org/other", b"k" * 32)
NEW_KEY = SigningKey.generate("ledger.example.org/books", b"n" * 32)
HOUSE, FIRST = 7, 1 << 80
COUNT = 700


def opened(url, key=KEY):
    storage = Storage.open(url, tables=TABLES)
    return storage, Ledger(storage, seal=sealing(storage, key) if key else None)


def fill(storage, ledger, count=COUNT):
    """Accounts in two currencies, each with what its number says; one that nothing happened to."""
    for currency in (818, 840):
        base = FIRST + (currency << 32)
        accounts = [Account(base + number, currency, 1) for number in range(count)]
        storage.write_now(lambda tx, accounts=accounts: ledger.create_accounts(tx, accounts, now_ns=1))
        transfers = [
            Transfer(base + number, base, base + number, number, ledger=currency, code=1)
            for number in range(1, count - 1)
        ]
        storage.write_now(lambda tx, transfers=transfers: ledger.post_transfers(tx, transfers, now_ns=1))


def move(storage, ledger, number, amount, transfer_id):
    account = FIRST + (818 << 32)
    sent = [Transfer(transfer_id, account, account + number, amount, ledger=818, code=1)]
    assert storage.write_now(lambda tx: ledger.post_transfers(tx, sent, now_ns=1)) == [0]


def balance_of(proofs, account_id):
    found = proofs.prove(account_id)
    proved = verify(found.proof, found.checkpoint, KEY.verifying)
    assert (proved.account_id, proved.balance, proved.size) == (
        account_id,
        found.balance_minor,
        found.size,
    )
    assert proved.time_ns == found.time_ns
    return proved.balance


def code_of(call):
    with pytest.raises(DawamError) as raised:
        call()
    return type(raised.value), raised.value.code


@pytest.fixture
def books(tmp_path):
    storage, ledger = opened(f"sqlite:///{tmp_path / 'books.db'}")
    with closing(storage):
        fill(storage, ledger)
        yield storage, ledger


def test_every_account_is_proved_on_each_engine(database_url):
    storage, ledger = opened(database_url)
    with closing(storage):
        fill(storage, ledger)
        proofs = Proofs(storage, KEY)
        made = proofs.checkpoint_now()
        assert [(each.currency, each.accounts) for each in made.ledgers] == [("EGP", COUNT), ("USD", COUNT)]
        assert made.ledgers[0].owed_minor == sum(range(COUNT - 1))
        for currency in (818, 840):
            base = FIRST + (currency << 32)
            for number in (1, 255, 256, 257, 511, 512, COUNT - 2):
                assert balance_of(proofs, base + number) == number
            assert balance_of(proofs, base) == -sum(range(COUNT - 1))
            assert balance_of(proofs, base + COUNT - 1) == 0


def test_every_commit_is_signed_and_its_records_are_proved(books):
    storage, ledger = books
    proofs = Proofs(storage)
    last = storage.read(store.last_signed)
    assert last[0] == 4 * COUNT - 4
    assert open_checkpoint(last[2], KEY.verifying).checkpoint.root == last[1]
    for seq in (1, COUNT, COUNT + 1, last[0]):
        found = proofs.prove_record(seq)
        assert verify_record(found.proof, found.checkpoint, KEY.verifying).index == seq - 1
    move(storage, ledger, 5, 100, 99)
    found = proofs.prove_transfer(99)
    proved = verify_record(found.proof, found.checkpoint, KEY.verifying)
    assert (proved.index, proved.record[1:17]) == (last[0], (99).to_bytes(16, "big"))


def test_an_indexed_transfer_is_found_too(tmp_path):
    storage, ledger = opened(f"sqlite:///{tmp_path / 'books.db'}")
    with closing(storage):
        fill(storage, ledger)
        base = FIRST + (818 << 32)
        for part in range(2):
            sent = [
                Transfer(2**90 + part * 40_000 + each, base, base + 1, 1, ledger=818, code=1)
                for each in range(40_000)
            ]
            storage.write_now(lambda tx, sent=sent: ledger.post_transfers(tx, sent, now_ns=1))
        found = Proofs(storage).prove_transfer(base + 3)
        proved = verify_record(found.proof, found.checkpoint, KEY.verifying)
        assert proved.record[1:17] == (base + 3).to_bytes(16, "big")
        assert len(found.proof) < 2000


def test_a_proof_stays_as_of_its_checkpoint_while_the_books_go_on(books):
    storage, ledger = books
    proofs = Proofs(storage, KEY)
    first = proofs.checkpoint_now()
    account = FIRST + (818 << 32) + 5
    move(storage, ledger, 5, 100, 99)
    assert balance_of(proofs, account) == 5
    second = proofs.checkpoint_now()
    assert second.size == first.size + 1
    assert balance_of(proofs, account) == 105
    assert proofs.prove(account).checkpoint == second.checkpoint


def test_the_same_journal_gives_the_same_checkpoint(books):
    storage, _ = books
    proofs = Proofs(storage, KEY)
    assert proofs.checkpoint_now() == proofs.checkpoint_now()


def test_a_new_key_of_the_log_signs_the_same_journal_anew(books):
    storage, _ = books
    Proofs(storage, KEY).checkpoint_now()
    made = Proofs(storage, NEW_KEY).checkpoint_now()
    open_checkpoint(made.checkpoint, NEW_KEY.verifying)
    found = Proofs(storage).prove(FIRST + (818 << 32) + 5)
    assert verify(found.proof, found.checkpoint, NEW_KEY.verifying).balance == 5


def test_two_trees_are_kept_and_what_was_not_finished_goes(books):
    storage, ledger = books
    proofs = Proofs(storage, KEY)
    stray = store.LeafRow(3, 818, 1, 0, b"")
    storage.write_now(lambda tx: store.add_leaves(tx, [stray]))
    storage.write_now(lambda tx: store.add_nodes(tx, 4, 818, bytes(64)))
    sizes = []
    for number in range(4):
        sizes.append(proofs.checkpoint_now().size)
        move(storage, ledger, 5, 1, 1000 + number)
    assert storage.read(store.sizes) == [sizes[3], sizes[2]]
    assert storage.read(store.begun_sizes) == {sizes[3], sizes[2]}


def test_an_earlier_checkpoint_is_shown_to_be_the_beginning(books):
    storage, ledger = books
    old = storage.read(store.last_signed)[2]
    move(storage, ledger, 5, 1, 99)
    proofs = Proofs(storage, KEY)
    found = proofs.prove_growth(open_checkpoint(old, KEY.verifying).checkpoint)
    growth = verify_growth(found.proof, old, found.checkpoint, KEY.verifying)
    assert growth.new_size == growth.old_size + 1


def test_a_running_node_makes_one_beside_its_writer(books):
    storage, ledger = books
    proofs = Proofs(storage, KEY)
    told = []

    async def run():
        making = asyncio.create_task(proofs.checkpoint(lambda done, of: told.append((done, of))))
        for number in range(5):
            sent = [
                Transfer(5000 + number, FIRST + (818 << 32), FIRST + (818 << 32) + 9, 1, ledger=818, code=1)
            ]
            await storage.write(lambda tx, sent=sent: ledger.post_transfers(tx, sent, now_ns=1))
        return await making

    made = asyncio.run(run())
    assert told[-1] == (made.size + 2 * COUNT, made.size + 2 * COUNT)
    balance_of(proofs, FIRST + (818 << 32) + 9)
    proofs.close()
    assert code_of(proofs.checkpoint_now) == (Unavailable, "storage_closed")


def test_a_database_in_memory_has_checkpoints_too():
    storage, ledger = opened("sqlite://")
    with closing(storage):
        fill(storage, ledger, 300)
        proofs = Proofs(storage, KEY)
        asyncio.run(proofs.checkpoint())
        assert balance_of(proofs, FIRST + (818 << 32) + 77) == 77


def test_what_cannot_be_proved_says_why(books):
    storage, ledger = books
    proofs = Proofs(storage, KEY)
    account = FIRST + (818 << 32) + 5
    assert code_of(lambda: proofs.prove(account)) == (Unavailable, "proof_not_available")
    size = proofs.checkpoint_now().size
    new = Account(77, 818, 1)
    storage.write_now(lambda tx: ledger.create_accounts(tx, [new], now_ns=1))
    assert code_of(lambda: proofs.prove(77)) == (NotFound, "newer_than_checkpoint")
    assert code_of(lambda: proofs.prove(78)) == (NotFound, "ledger_account_unknown")
    assert code_of(lambda: proofs.prove_transfer(78)) == (NotFound, "transfer_unknown")
    for seq in (0, -1, size + 2, 2**70):
        assert code_of(lambda seq=seq: proofs.prove_record(seq)) == (NotFound, "record_unknown")


def test_books_without_a_key_prove_nothing(tmp_path):
    storage, ledger = opened(f"sqlite:///{tmp_path / 'books.db'}", key=None)
    with closing(storage):
        fill(storage, ledger, 300)
        proofs = Proofs(storage)
        assert code_of(proofs.checkpoint_now) == (Unavailable, "signing_key_missing")
        assert code_of(lambda: proofs.prove_record(1)) == (Unavailable, "proof_not_available")
        Proofs(storage, KEY).checkpoint_now()
        assert balance_of(proofs, FIRST + (818 << 32) + 77) == 77
        move(storage, ledger, 5, 1, 99)
        assert code_of(lambda: proofs.prove_transfer(99)) == (NotFound, "newer_than_checkpoint")


def test_an_empty_journal_is_not_signed(tmp_path):
    storage, _ = opened(f"sqlite:///{tmp_path / 'books.db'}")
    with closing(storage):
        assert code_of(Proofs(storage, KEY).checkpoint_now) == (InvalidInput, "journal_empty")


def test_a_key_of_another_log_signs_nothing(books):
    storage, _ = books
    assert code_of(lambda: sealing(storage, OTHER_LOG)) == (InvalidInput, "signing_key_of_another_log")
    assert code_of(Proofs(storage, OTHER_LOG).checkpoint_now) == (
        InvalidInput,
        "signing_key_of_another_log",
    )


def test_a_checkpoint_that_the_books_do_not_follow_is_not_taken_for_their_beginning(books):
    storage, _ = books
    proofs = Proofs(storage, KEY)
    old = open_checkpoint(storage.read(store.last_signed)[2], KEY.verifying).checkpoint
    for changes, code in (
        ({"root": bytes(32)}, "growth_contradicts_checkpoints"),
        ({"size": old.size + 1}, "checkpoint_beyond_journal"),
        ({"origin": "another/log"}, "checkpoint_of_another_log"),
    ):
        assert code_of(lambda changes=changes: proofs.prove_growth(replace(old, **changes))) == (
            InvalidInput,
            code,
        )


def change(storage, text):
    storage.write_now(lambda tx: tx.connection.exec_driver_sql(text) and None)


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("UPDATE ledger_tree_leaves SET leaves = x'00'", "balances_differ"),
        ("UPDATE ledger_tree_leaves SET leaves = zeroblob(9)", "balances_differ"),
        ("UPDATE ledger_tree_nodes SET nodes = zeroblob(length(nodes))", "balances_differ"),
        ("UPDATE ledger_trees SET key = zeroblob(32)", "balances_differ"),
        ("DELETE FROM ledger_tree_leaves", "balances_differ"),
        ("DELETE FROM ledger_tree_nodes", "balances_differ"),
    ],
)
def test_a_tree_that_was_changed_proves_nothing(books, text, code):
    storage, _ = books
    proofs = Proofs(storage, KEY)
    proofs.checkpoint_now()
    change(storage, text)
    assert code_of(lambda: proofs.prove(FIRST + (818 << 32) + 300)) == (IntegrityBroken, code)


def test_records_that_were_changed_are_not_signed(books):
    storage, _ = books
    change(storage, "UPDATE ledger_checkpoints SET root = zeroblob(32)")
    assert code_of(Proofs(storage, KEY).checkpoint_now) == (IntegrityBroken, "journal_contradicts_checkpoint")
    assert code_of(lambda: Proofs(storage).prove_record(1)) == (
        IntegrityBroken,
        "journal_contradicts_checkpoint",
    )


def test_a_key_file_is_its_owners_alone_and_is_never_overwritten(tmp_path):
    file = tmp_path / "log.key"
    write_file(file, KEY.text + "\n", secret=True)
    assert file.stat().st_mode & 0o777 == 0o600
    assert read_signing_key(file).text == KEY.text
    assert code_of(lambda: write_file(file, "x")) == (Conflict, "file_exists")
    assert code_of(lambda: write_file(tmp_path / "no" / "key", "x")) == (Unavailable, "file_unwritable")
    assert code_of(lambda: read_signing_key(tmp_path / "none")) == (InvalidInput, "file_missing")
    assert code_of(lambda: read_signing_key(tmp_path)) == (InvalidInput, "file_unreadable")
    for text in (b"", b"\xff", KEY.verifying.text.encode(), KEY.text[:-5].encode()):
        file.write_bytes(text)
        assert code_of(lambda: read_signing_key(file)) == (InvalidInput, "signing_key_malformed")


def test_the_key_of_the_salts_is_the_signing_keys_own_and_another():
    keys = {salt_key(key) for key in (KEY, NEW_KEY)}
    assert len(keys) == 2
    assert KEY.seed not in keys
