"""The wallet core as a process: its commands, and that a sudden death loses and repeats nothing."""

import asyncio
import os
import re
import signal
import subprocess
import sys
from pathlib import Path
from typing import Any

import aiohttp
import pytest

from dawam.wallet import Booking, OpenAccount
from dawam.wallet.process import opened


def command(*words: str, **environment: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "dawam.wallet", *words],
        capture_output=True,
        text=True,
        timeout=60,
        env=os.environ | environment,
        check=False,
    )


@pytest.fixture
def database(tmp_path: Path) -> str:
    return f"sqlite:///{tmp_path / 'wallet.db'}"


def start(database: str) -> tuple[subprocess.Popen[str], str]:
    """A served core and its address."""
    process = subprocess.Popen(
        [sys.executable, "-m", "dawam.wallet", "serve", "--database", database, "--port", "0"],
        stdout=subprocess.PIPE,
        text=True,
    )
    assert process.stdout is not None
    ready = re.search(r"http://\S+", process.stdout.readline())
    assert ready is not None
    return process, ready.group(0)


def test_seeding_gives_every_provider_customers_agents_and_merchants(database: str) -> None:
    made = command(
        "seed", "--database", database, "--wallets", "300", "--providers", "a,b,c", "--currency", "KWD"
    )
    assert made.stdout == "306 accounts opened\n", made.stderr
    with opened(database, inline=True) as core:
        assert core.last_seq() == 306
        assert core.balance("b-00000002").currency == "KWD"
        assert core.balance("b-00000002").balance_minor > 0


def test_a_failure_of_a_command_says_what_to_do_and_ends_with_2(database: str) -> None:
    done = command("close", "nobody", "--database", database)
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr.startswith("account_not_found: There is no such account.")
    assert "Traceback" not in done.stderr


def test_an_empty_admin_token_does_not_open_the_door(database: str) -> None:
    done = command("serve", "--database", database, "--admin-token-env", "NO_TOKEN", NO_TOKEN="")
    assert done.returncode == 2
    assert done.stderr.startswith("admin_token_empty")


def test_a_served_database_is_left_alone_by_commands(database: str) -> None:
    process, _ = start(database)
    try:
        done = command("open", "vfc", "--database", database)
        assert done.returncode == 2
        assert done.stderr.startswith("database_in_use")
    finally:
        process.terminate()
        process.communicate()
    assert process.returncode == 0


def fill(database: str) -> None:
    async def work() -> None:
        with opened(database, inline=True) as core:
            asked = [OpenAccount(provider="vfc", currency="EGP", account=name) for name in ("a", "b")]
            await core.open_many(asked)
            await core.book(Booking(account="a", amount_minor=10**9))

    asyncio.run(work())


async def pay_until_it_dies(url: str, process: "subprocess.Popen[str]") -> tuple[set[str], set[str]]:
    """Pay from several sides, kill the core in the middle; ids that were asked, ids that were answered."""
    asked: set[str] = set()
    answered: set[str] = set()

    async def pay(session: aiohttp.ClientSession, side: int) -> None:
        for number in range(100_000):
            payment: dict[str, Any] = {
                "payment_id": f"{side}-{number}",
                "kind": "transfer",
                "debit_account": "a",
                "credit_account": "b",
                "amount_minor": 1,
                "currency": "EGP",
                "requested_at": "2026-11-21T10:00:00Z",
            }
            asked.add(payment["payment_id"])
            async with session.post("/v1/payments", json=payment) as response:
                assert (await response.json())["status"] == "approved"
            answered.add(payment["payment_id"])

    async with aiohttp.ClientSession(url) as session:
        sides = [asyncio.create_task(pay(session, side)) for side in range(8)]
        await asyncio.sleep(0.6)
        process.send_signal(signal.SIGKILL)
        ends = await asyncio.gather(*sides, return_exceptions=True)
    assert all(isinstance(end, aiohttp.ClientError | OSError) for end in ends), ends
    return asked, answered


def test_after_a_sudden_death_each_acknowledged_payment_is_there_exactly_once(database: str) -> None:
    fill(database)
    process, url = start(database)
    asked, answered = asyncio.run(pay_until_it_dies(url, process))
    process.communicate()
    assert len(answered) > 20
    with opened(database, inline=True) as core:
        events = []
        while page := core.events_after(len(events), 5_000).events:
            events += page
        assert [event.seq for event in events] == list(range(1, len(events) + 1))
        debits = [event.payment_id for event in events if event.account == "a" and event.payment_id]
        credits = [event.payment_id for event in events if event.account == "b"]
        assert sorted(debits) == sorted(credits)
        assert len(set(debits)) == len(debits)
        assert answered <= set(debits) <= asked
        assert core.balance("b").balance_minor == len(debits) == 10**9 - core.balance("a").balance_minor


def test_without_a_token_only_this_machine_is_served(database: str) -> None:
    done = command("serve", "--database", database, "--host", "0.0.0.0")
    assert done.returncode == 2
    assert "wallet_open_to_network" in done.stderr
