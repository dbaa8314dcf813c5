"""The composition root: what is built, started and stopped, and a whole node over a primary in memory."""

import asyncio
from collections.abc import Callable, Coroutine
from datetime import UTC
from pathlib import Path
from typing import Any

import pytest

from dawam.app import Node, build, check_settings, create_app, system_world
from dawam.channels import ChannelSettings
from dawam.config import InstitutionSettings, Settings, StorageSettings
from dawam.kernel import InvalidInput
from dawam.primary import FeedSettings
from dawam.standin import (
    DetectionSettings,
    Mode,
    PaymentRequest,
    RecoverySettings,
    Shown,
    Source,
    StandinSettings,
)

from .memory_primary import MemoryPrimary, now

MEMORY = StorageSettings(url="sqlite://")


QUICK = StandinSettings(
    detection=DetectionSettings(probe_interval_s=0.05, probe_quiet_interval_s=0.05, stable_for_s=0.2),
    recovery=RecoverySettings(dwell_s=0.05, retry_s=0.05),
)


def one_bank() -> Settings:
    institution = InstitutionSettings(
        primary_url="http://127.0.0.1:9", feed=FeedSettings(wait_s=0.05), standin=QUICK
    )
    return Settings(storage=MEMORY, institutions={"bank": institution})


def running(primary: MemoryPrimary, story: Callable[[Node], Coroutine[Any, Any, None]]) -> None:
    async def run() -> None:
        node = build(one_bank(), links={"bank": primary})
        await node.start()
        try:
            async with asyncio.timeout(20):
                await story(node)
        finally:
            await node.stop()

    asyncio.run(run())


async def until(holds: Callable[[], bool]) -> None:
    while not holds():
        await asyncio.sleep(0.02)


def modes(node: Node) -> set[Mode]:
    return {state.mode for state in node.desks["bank"].capabilities()}


def pay(amount_minor: int) -> PaymentRequest:
    return PaymentRequest(
        kind="transfer",
        debit_account="A",
        credit_account="B",
        amount_minor=amount_minor,
        currency="EGP",
        requested_at=now(),
    )


def test_a_node_goes_through_an_outage_and_the_books_agree() -> None:
    primary = MemoryPrimary()

    async def story(node: Node) -> None:
        desk = node.desks["bank"]
        await until(lambda: desk.knows("B") and modes(node) == {Mode.NORMAL})
        shown = await desk.balance("A")
        assert isinstance(shown, Shown)
        assert (shown.balance_minor, shown.source) == (10_000, Source.PRIMARY)
        primary.up = False
        await until(lambda: Mode.STANDING_IN in modes(node))
        receipt, created = await desk.pay(pay(2_500), key="one")
        assert (receipt.status, receipt.decided_by, created) == ("approved", Source.STAND_IN, True)
        shown = await desk.balance("A")
        assert isinstance(shown, Shown)
        assert (shown.available_minor, shown.source) == (7_500, Source.STAND_IN)
        primary.up = True
        await until(lambda: modes(node) == {Mode.NORMAL})
        assert primary.balances == {"A": 7_500, "B": 2_500}
        report = await desk.reconcile()
        assert (report.differing, report.unexplained_minor, report.differences) == (0, 0, [])

    running(primary, story)
    assert primary.closed


def test_stopping_closes_what_was_opened(tmp_path: Path) -> None:
    settings = Settings(
        storage=StorageSettings(url=f"sqlite:///{tmp_path}/books.db"), institutions=one_bank().institutions
    )

    async def run() -> None:
        for _ in range(2):  # a second life finds the database free
            node = build(settings, links={"bank": MemoryPrimary()})
            await node.start()
            await node.stop()

    asyncio.run(run())


def test_settings_are_judged_before_anything_is_opened(tmp_path: Path) -> None:
    database = StorageSettings(url=f"sqlite:///{tmp_path}/books.db")
    network = ChannelSettings(host="0.0.0.0")
    for settings, code in [
        (Settings(storage=database), "institutions_missing"),
        (
            Settings(storage=database, channels=network, institutions=one_bank().institutions),
            "channel_open_to_network",
        ),
        (
            Settings(storage=database, institutions={"b": InstitutionSettings(primary_url="mailto:x")}),
            "primary_url_malformed",
        ),
        (
            Settings(
                storage=database,
                institutions={"b": InstitutionSettings(primary_url="http://x", token_env="NO_SUCH_SECRET")},
            ),
            "secret_missing",
        ),
    ]:
        with pytest.raises(InvalidInput, match=code):
            build(settings)
    assert list(tmp_path.iterdir()) == []


def test_a_network_is_served_with_tokens() -> None:
    channels = ChannelSettings(host="0.0.0.0", token_sha256=("ab" * 32,))
    assert list(check_settings(Settings(channels=channels, institutions=one_bank().institutions))) == ["bank"]


def test_the_application_serves_the_contract_and_nothing_for_operators_without_one() -> None:
    node = build(one_bank(), links={"bank": MemoryPrimary()})
    paths = {route.path for route in create_app(node).routes if route.path.startswith("/v1/")}
    node.storage.close()
    assert paths == {
        "/v1/accounts/{account:str}/balance",
        "/v1/accounts/{account:str}/proof",
        "/v1/accounts/{account:str}/statement",
        "/v1/payments",
        "/v1/payments/{payment_id:str}",
        "/v1/cash-outs/redeem",
        "/v1/notices/check",
        "/v1/status",
    }


def test_the_real_world_tells_the_time_and_numbers_in_order() -> None:
    world = system_world()
    assert world.clock.now().tzinfo is UTC
    assert world.clock.monotonic() <= world.clock.monotonic()
    first, second = world.ids.next(), world.ids.next()
    assert first < second
