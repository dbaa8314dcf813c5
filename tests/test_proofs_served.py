"""A balance with its proof, fetched from a real server and verified by a program that knows nothing of us."""

import asyncio
import subprocess
import sys
from collections.abc import Callable, Coroutine
from pathlib import Path
from typing import Any

import msgspec
import pytest

from dawam.app import Node, build, create_app
from dawam.channels import ChannelSettings
from dawam.config import LedgerSettings, Settings, StorageSettings, read
from dawam.kernel import InvalidInput
from dawam.ledger import SigningKey
from dawam.web import serving, token_digest

from .channels.client import Client
from .test_app import MemoryPrimary, one_bank, until

VERIFIER = Path(__file__).parents[1] / "examples" / "verify_proof.py"
KEY = SigningKey.generate("bank.example/books", b"k" * 32)
PROOF = "/v1/accounts/A/proof"


def settings(folder: Path, **ledger: Any) -> Settings:
    file = folder / "ledger.key"
    file.write_text(KEY.text)
    return msgspec.structs.replace(
        one_bank(),
        storage=StorageSettings(url=f"sqlite:///{folder}/books.db"),
        ledger=LedgerSettings(signing_key_file=str(file), **ledger),
    )


def served(chosen: Settings, story: Callable[[Node, Client], Coroutine[Any, Any, None]]) -> None:
    async def run() -> None:
        node = build(chosen, links={"bank": MemoryPrimary()})
        async with asyncio.timeout(20), serving(create_app(node), "127.0.0.1", 0) as address:
            await until(lambda: node.desks["bank"].knows("B"))
            await story(node, Client(address.port))

    asyncio.run(run())


def verified(folder: Path, body: dict[str, Any]) -> str:
    """What the verifier says, in a process of its own."""
    (folder / "proof").write_text(body["proof"])
    (folder / "checkpoint").write_text(body["checkpoint"])
    words = [sys.executable, str(VERIFIER), str(folder / "proof"), str(folder / "checkpoint")]
    done = subprocess.run([*words, KEY.verifying.text], capture_output=True, text=True, timeout=30)
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_a_balance_is_served_with_a_proof_that_anybody_verifies(tmp_path: Path) -> None:
    async def story(node: Node, client: Client) -> None:
        early = await asyncio.to_thread(client.get, PROOF)
        assert (early.status, early.body["code"]) == (503, "proof_not_available")
        made = await node.proofs.checkpoint()
        answer = await asyncio.to_thread(client.get, PROOF)
        assert answer.status == 200
        assert (answer.body["account"], answer.body["currency"]) == ("A", "EGP")
        assert (answer.body["balance_minor"], answer.body["size"]) == (10_000, made.size)
        assert answer.headers["cache-control"] == "no-store"
        assert answer.body["as_of"].endswith("Z")
        assert answer.body["checkpoint"] == made.checkpoint
        said = await asyncio.to_thread(verified, tmp_path, answer.body)
        assert said.startswith("verified: ")
        assert f"had 10000 in ledger 818 after {made.size} records of bank.example/books" in said

    served(settings(tmp_path), story)


def test_a_node_makes_its_checkpoints_by_itself(tmp_path: Path) -> None:
    async def story(node: Node, client: Client) -> None:
        while (await asyncio.to_thread(client.get, PROOF)).status != 200:
            await asyncio.sleep(0.05)
        answer = await asyncio.to_thread(client.get, PROOF)
        await asyncio.to_thread(verified, tmp_path, answer.body)

    served(settings(tmp_path, checkpoint_every_s=0.1), story)


def test_what_has_no_proof_is_refused_with_its_code(tmp_path: Path) -> None:
    async def story(node: Node, client: Client) -> None:
        await node.proofs.checkpoint()
        for account, status, code in [
            ("nobody", 404, "account_not_found"),
            ("%20", 400, "account_malformed"),
            ("x" * 65, 400, "account_malformed"),
        ]:
            answer = await asyncio.to_thread(client.get, f"/v1/accounts/{account}/proof")
            assert (answer.status, answer.body["code"]) == (status, code)

    served(settings(tmp_path), story)


def test_a_proof_is_for_whoever_may_see_the_balance(tmp_path: Path) -> None:
    guarded = msgspec.structs.replace(
        settings(tmp_path), channels=ChannelSettings(token_sha256=(token_digest("app-token"),))
    )

    async def story(node: Node, client: Client) -> None:
        await node.proofs.checkpoint()
        for headers, status in [({}, 401), ({"authorization": "Bearer x"}, 401)]:
            answer = await asyncio.to_thread(lambda headers=headers: client.get(PROOF, **headers))
            assert (answer.status, "proof" in answer.body) == (status, False)
        answer = await asyncio.to_thread(lambda: client.get(PROOF, authorization="Bearer app-token"))
        assert answer.status == 200

    served(guarded, story)


def test_a_key_that_cannot_be_read_stops_the_start(tmp_path: Path) -> None:
    chosen = settings(tmp_path)
    assert chosen.ledger.signing_key_file is not None
    file = Path(chosen.ledger.signing_key_file)
    for text, code in [("rubbish", "signing_key_malformed"), (None, "file_missing")]:
        if text is None:
            file.unlink()
        else:
            file.write_text(text)
        with pytest.raises(InvalidInput, match=code):
            build(chosen, links={"bank": MemoryPrimary()})
    assert not (tmp_path / "books.db").exists()


def test_a_key_of_another_log_stops_the_start_and_lets_go_of_the_database(tmp_path: Path) -> None:
    chosen = settings(tmp_path)

    async def nothing(node: Node, client: Client) -> None: ...

    served(chosen, nothing)
    Path(str(chosen.ledger.signing_key_file)).write_text(SigningKey.generate("other", b"k" * 32).text)
    for _ in range(2):
        with pytest.raises(InvalidInput, match="signing_key_of_another_log"):
            build(chosen, links={"bank": MemoryPrimary()})


def test_checkpoints_without_a_key_are_a_setting_that_cannot_be() -> None:
    with pytest.raises(InvalidInput, match="setting_invalid"):
        read("[ledger]\ncheckpoint_every_s = 5.0\n")
    with pytest.raises(InvalidInput, match="setting_invalid"):
        read('[ledger]\nsigning_key_file = "k"\ncheckpoint_every_s = 0.0\n')
