"""The wallet core's own part of its interface: admin calls, bounds, and what a hostile caller tries."""

import asyncio
import json
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

import aiohttp
import pytest

from dawam.wallet import Booking, OpenAccount
from dawam.wallet.api import create_app
from dawam.wallet.process import opened
from dawam.web import serving

Ask = Callable[..., Awaitable[tuple[int, Any]]]
TOKEN = {"Authorization": "Bearer let me in"}


def served(
    tmp_path: Path,
    work: Callable[[Ask], Awaitable[None]],
    *,
    admin_token: str | None = "let me in",
    token: str | None = None,
) -> None:
    """Run calls against a served core with the wallets a (100) and b."""

    async def run() -> None:
        with opened(f"sqlite:///{tmp_path / 'wallet.db'}") as wallet:
            await wallet.open_many(
                [OpenAccount(provider="vfc", currency="EGP", account=name) for name in "ab"]
            )
            await wallet.book(Booking(account="a", amount_minor=100))
            app = create_app(wallet, admin_token=admin_token, token=token)
            async with serving(app, "127.0.0.1", 0) as address, aiohttp.ClientSession(address.url) as session:

                async def ask(method: str, path: str, body: Any = None, **more: Any) -> tuple[int, Any]:
                    content = body if isinstance(body, bytes | None) else json.dumps(body).encode()
                    async with session.request(method, path, data=content, **more) as response:
                        return response.status, json.loads(await response.read())

                await work(ask)

    asyncio.run(run())


def test_an_admin_opens_books_freezes_and_closes(tmp_path: Path) -> None:
    async def work(ask: Ask) -> None:
        wanted = [{"provider": "ora", "currency": "EGP", "kind": "agent"}]
        assert await ask("POST", "/v1/admin/accounts", wanted, headers=TOKEN) == (
            201,
            {"accounts": ["ora-00000003"]},
        )
        bookings = [{"account": "ora-00000003", "amount_minor": 5, "booked_at": "2199-01-01T00:00:00Z"}]
        assert await ask("POST", "/v1/admin/bookings", bookings, headers=TOKEN) == (201, {"last_seq": 2})
        for verb, status in (("freeze", "frozen"), ("unfreeze", "open"), ("close", "closed")):
            answer = await ask("POST", f"/v1/admin/accounts/b/{verb}", headers=TOKEN)
            assert answer == (200, {"account": "b", "status": status})
        refused = await ask("POST", "/v1/admin/accounts/a/close", headers=TOKEN)
        assert (refused[0], refused[1]["code"]) == (409, "account_not_at_zero")

    served(tmp_path, work)


def test_many_accounts_and_bookings_go_in_one_call(tmp_path: Path) -> None:
    async def work(ask: Ask) -> None:
        wanted = [{"provider": "ora", "currency": "EGP"}] * 5_000
        status, answer = await ask("POST", "/v1/admin/accounts", wanted, headers=TOKEN)
        assert (status, len(answer["accounts"])) == (201, 5_000)
        bookings = [{"account": name, "amount_minor": 7, "kind": "opening"} for name in answer["accounts"]]
        assert await ask("POST", "/v1/admin/bookings", bookings, headers=TOKEN) == (201, {"last_seq": 5_001})

    served(tmp_path, work)


ADMIN_CALLS = [
    ("/v1/admin/accounts", []),
    ("/v1/admin/bookings", []),
    ("/v1/admin/accounts/a/freeze", None),
]


@pytest.mark.parametrize(("path", "body"), ADMIN_CALLS)
def test_without_the_token_an_admin_call_is_refused(tmp_path: Path, path: str, body: Any) -> None:
    async def work(ask: Ask) -> None:
        status, answer = await ask("POST", path, body)
        assert (status, answer["code"]) == (401, "token_missing")
        status, answer = await ask("POST", path, body, headers={"Authorization": "Bearer let me"})
        assert (status, answer["code"]) == (401, "token_wrong")

    served(tmp_path, work)


@pytest.mark.parametrize(("path", "body"), ADMIN_CALLS)
def test_a_core_without_a_token_has_no_admin_calls(tmp_path: Path, path: str, body: Any) -> None:
    async def work(ask: Ask) -> None:
        status, answer = await ask("POST", path, body, headers=TOKEN)
        assert (status, answer["code"]) == (404, "route_not_found")

    served(tmp_path, work, admin_token=None)


PAYMENT = {
    "payment_id": "p1",
    "kind": "transfer",
    "debit_account": "a",
    "credit_account": "b",
    "amount_minor": 5,
    "currency": "EGP",
    "requested_at": "2026-11-21T10:00:00Z",
}


@pytest.mark.parametrize(
    ("different", "code"),
    [
        ({"colour": "red"}, "body_field_unknown"),
        ({"kind": "gift"}, "body_field_invalid"),
        ({"amount_minor": "5"}, "body_field_invalid"),
        ({"amount_minor": 5.5}, "body_field_invalid"),
        ({"amount_minor": None}, "body_field_invalid"),
        ({"amount_minor": True}, "body_field_invalid"),
        ({"currency": "egp"}, "body_field_invalid"),
        ({"payment_id": ""}, "body_field_invalid"),
        ({"payment_id": "x" * 65}, "body_field_invalid"),
        ({"payment_id": "a/b"}, "body_field_invalid"),
        ({"debit_account": ""}, "body_field_invalid"),
        ({"debit_account": "x" * 65}, "body_field_invalid"),
        ({"requested_at": "2026-11-21T10:00:00"}, "body_field_invalid"),
        ({"requested_at": "yesterday"}, "body_field_invalid"),
    ],
)
def test_a_payment_that_does_not_fit_is_refused_and_leaves_nothing(
    tmp_path: Path, different: dict[str, Any], code: str
) -> None:
    async def work(ask: Ask) -> None:
        status, answer = await ask("POST", "/v1/payments", PAYMENT | different)
        assert (status, answer["code"]) == (400, code)
        assert (await ask("GET", "/v1/payments/p1"))[0] == 404
        assert (await ask("GET", "/v1/events"))[1]["last_seq"] == 1

    served(tmp_path, work)


@pytest.mark.parametrize(
    "query",
    [
        "after=-1",
        "after=x",
        "after=9223372036854775808",
        "limit=0",
        "limit=-1",
        "wait_s=-1",
        "wait_s=nan",
        "wait_s=inf",
    ],
)
def test_a_parameter_out_of_bounds_is_refused(tmp_path: Path, query: str) -> None:
    async def work(ask: Ask) -> None:
        status, answer = await ask("GET", f"/v1/events?{query}")
        assert (status, answer["code"]) == (400, "parameter_invalid")

    served(tmp_path, work)


def test_a_broken_surrogate_is_not_json(tmp_path: Path) -> None:
    async def work(ask: Ask) -> None:
        body = json.dumps(PAYMENT).replace('"b"', '"\\ud800"').encode()
        status, answer = await ask("POST", "/v1/payments", body)
        assert (status, answer["code"]) == (400, "body_not_json")

    served(tmp_path, work)


@pytest.mark.parametrize(
    "account", ["%00", "..%2f..", "%ff", "'; DROP TABLE wallet_accounts; --", "%E2%80%AE", "x" * 5_000]
)
def test_a_hostile_account_is_just_not_there(tmp_path: Path, account: str) -> None:
    async def work(ask: Ask) -> None:
        status, answer = await ask("GET", f"/v1/accounts/{account}/balance")
        assert status == 404
        assert answer["code"] in ("account_not_found", "route_not_found")
        assert (await ask("GET", "/v1/accounts/a/balance"))[1]["balance_minor"] == 100

    served(tmp_path, work)


def test_whoever_hangs_up_does_not_undo_a_payment(tmp_path: Path) -> None:
    async def work(ask: Ask) -> None:
        for number in range(20):
            payment = PAYMENT | {"payment_id": f"h{number}", "amount_minor": 1}
            try:
                async with asyncio.timeout(0.0005 * number):
                    await ask("POST", "/v1/payments", payment)
            except TimeoutError:
                pass
        for number in range(20):
            await ask("POST", "/v1/payments", PAYMENT | {"payment_id": f"h{number}", "amount_minor": 1})
        balance = (await ask("GET", "/v1/accounts/a/balance"))[1]
        assert balance["balance_minor"] == 80
        assert balance["last_seq"] == 1 + 2 * 20 - 1

    served(tmp_path, work)


def test_with_a_token_every_call_needs_it_or_the_admins(tmp_path: Path) -> None:
    async def work(ask: Ask) -> None:
        for path in ("/v1/health", "/v1/accounts/a/balance", "/v1/events", "/v1/snapshot"):
            status, problem = await ask("GET", path)
            assert (status, problem["code"]) == (401, "token_missing")
        balance = "/v1/accounts/a/balance"
        assert (await ask("GET", balance, headers={"Authorization": "Bearer wrong"}))[0] == 401
        assert (await ask("GET", balance, headers={"Authorization": "Bearer app"}))[0] == 200
        assert (await ask("GET", balance, headers=TOKEN))[0] == 200
        assert (await ask("POST", "/v1/admin/accounts", [], headers={"Authorization": "Bearer app"}))[
            0
        ] == 401

    served(tmp_path, work, token="app")
