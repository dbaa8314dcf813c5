"""`dawam ledger prove`, `growth` and `verify`."""

from pathlib import Path
from typing import Annotated

import typer

from dawam.kernel import InvalidInput, NotFound, id_from_text
from dawam.ledger.chart import UNMAPPED, valid_path
from dawam.ledger.chart import store as chart
from dawam.ledger.commands.terminal import NOT_SO, Database, Outside, VerifierKey, id_of, reading
from dawam.ledger.commands.wording import balance_words, growth_words, record_words
from dawam.ledger.proofs import (
    AccountProof,
    Proofs,
    Proved,
    VerifyingKey,
    growth,
    inclusion,
    read_checkpoint,
    read_file,
    verify,
    verify_growth,
    verify_record,
    write_file,
)
from dawam.storage import Storage

Account = Annotated[
    str | None,
    typer.Argument(
        help="The account: its path in the chart, its name in an export (equity:unmapped:ULID), its ULID, or "
        "its id as a number. 26 digits can be a ULID and a number: the one that is in the books is taken."
    ),
]
TransferId = Annotated[
    str | None,
    typer.Option(
        "--transfer", help="A transfer instead, by its ULID or its id as a number; 26 digits as above."
    ),
]
Record = Annotated[int | None, typer.Option("--record", help="Any record instead, by its position from 1.")]
Out = Annotated[Path | None, typer.Option(help="A new file for the proof; without it the proof is printed.")]
CheckpointOut = Annotated[Path | None, typer.Option(help="A new file for the checkpoint that it leads to.")]
Old = Annotated[Path, typer.Argument(help="The earlier checkpoint.")]
ProofFile = Annotated[Path, typer.Argument(help="The proof.")]
CheckpointFile = Annotated[Path, typer.Argument(help="The checkpoint that it leads to.")]
Since = Annotated[Path | None, typer.Option(help="For a proof of growth: the earlier checkpoint.")]


def prove(
    database: Database,
    account: Account = None,
    transfer: TransferId = None,
    record: Record = None,
    out: Out = None,
    checkpoint_out: CheckpointOut = None,
) -> None:
    """Prove what an account had at the last checkpoint with balances, or that a record is in the journal."""
    if sum(each is not None for each in (account, transfer, record)) != 1:
        raise typer.BadParameter("Name one account, or one --transfer, or one --record.")
    with reading(database) as storage:
        proofs = Proofs(storage)
        if account is not None:
            found: AccountProof | Proved = proofs.prove(_account_id(storage, proofs, account))
        elif transfer is not None:
            found = proofs.prove_transfer(id_of(transfer, proofs.has_transfer))
        else:
            found = proofs.prove_record(record or 0)
    _write(found, out, checkpoint_out)


def prove_growth(old: Old, database: Database, out: Out = None, checkpoint_out: CheckpointOut = None) -> None:
    """Prove that the journal of the last checkpoint begins with that of an earlier one."""
    earlier = read_checkpoint(read_file(old)).checkpoint
    with reading(database) as storage:
        found = Proofs(storage).prove_growth(earlier)
    _write(found, out, checkpoint_out)


def verify_file(
    context: typer.Context,
    proof: ProofFile,
    checkpoint: CheckpointFile,
    key: VerifierKey,
    since: Since = None,
) -> None:
    """Verify a proof without the database, and say what it proves.

    The exit status is 0 when it is verified, 1 when it is not, 2 when a file or the key cannot be read.
    """
    outside: Outside = context.obj
    signer = VerifyingKey.parse(key)
    given, signed = read_file(proof), read_file(checkpoint)
    earlier = None if since is None else read_file(since)
    try:
        words = _verified(given, signed, signer, earlier)
    except InvalidInput as error:
        outside.say(error)
        raise typer.Exit(NOT_SO) from None
    typer.echo(words)


def _verified(given: bytes, signed: bytes, key: VerifyingKey, earlier: bytes | None) -> str:
    form = given.partition(b"\n")[0]
    if form == growth.FORMAT.encode():
        if earlier is None:
            raise typer.BadParameter("A proof of growth needs the earlier checkpoint: --since FILE.")
        return growth_words(verify_growth(given, earlier, signed, key))
    if form == inclusion.FORMAT.encode():
        return record_words(verify_record(given, signed, key))
    return balance_words(verify(given, signed, key))


def _account_id(storage: Storage, proofs: Proofs, text: str) -> int:
    branch, colon, last = text.rpartition(":")
    if not colon:
        return id_of(text, proofs.has_account)
    if branch.lower() == UNMAPPED:  # as exports name an account without a path
        return id_from_text(last.upper())
    path = valid_path(text)
    found = storage.read(lambda rows: chart.account_at(rows, path))
    if found is None:
        raise NotFound("ledger_account_unknown", account=path)
    return found


def _write(found: AccountProof | Proved, out: Path | None, checkpoint_out: Path | None) -> None:
    if checkpoint_out is not None:
        write_file(checkpoint_out, found.checkpoint)
    if out is not None:
        write_file(out, found.proof)
    else:
        typer.echo(found.proof, nl=False)
