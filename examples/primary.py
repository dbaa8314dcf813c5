"""A primary written from the primary contract alone: five accounts in memory, on 127.0.0.1, --port 8801."""

import argparse
import asyncio
import json
from datetime import UTC, datetime

from aiohttp import web

routes, events, payments = web.RouteTableDef(), [], {}
accounts = {f"demo-{number:04d}": {"balance_minor": 0, "last_seq": 0} for number in range(1, 6)}


def now():
    return datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")


def problem(status, code):
    return web.json_response({"status": status, "code": code, "title": code}, status=status)


def book(account, amount, kind, payment_id=None):
    seq, balance = len(events) + 1, accounts[account]["balance_minor"] + amount
    accounts[account] = {"balance_minor": balance, "last_seq": seq}
    event = {"seq": seq, "event_id": f"e{seq}", "account": account, "amount_minor": amount, "currency": "EGP"}
    event |= {"balance_after_minor": balance, "booked_at": now(), "kind": kind, "payment_id": payment_id}
    events.append(event)
    return seq


def decide(body):
    """Decide an order once: (answer, is it new?); no answer when its id is known with another order."""
    fields = ("payment_id", "kind", "debit_account", "credit_account", "amount_minor", "currency")
    payment_id, kind, payer, payee, amount, currency = order = [body[field] for field in fields]
    if known := payments.get(payment_id):
        return (known[1] if known[0] == order else None), False
    code, seq = "approved", None
    if not 0 < amount < 2**63:
        code = "invalid_amount"
    elif currency != "EGP" or payer == payee or not {payer, payee} <= accounts.keys():
        code = "account_not_found"
    elif accounts[payer]["balance_minor"] < amount:
        code = "insufficient_funds"
    else:
        seq = book(payer, -amount, kind, payment_id)
        book(payee, amount, kind, payment_id)
    answer = {"payment_id": payment_id, "status": "approved" if seq else "declined", "code": code, "seq": seq}
    payments[payment_id] = (order, answer)
    return answer, True


@web.middleware
async def refuse_malformed(request, handler):
    try:
        return await handler(request)
    except (ValueError, KeyError, TypeError, AttributeError):
        return problem(400, "request_malformed")


@routes.get("/v1/health")
async def health(request):
    return web.json_response({"status": "up", "time": now(), "release": "example"})


@routes.get("/v1/accounts/{account}/balance")
async def balance(request):
    if (has := accounts.get(account := request.match_info["account"])) is None:
        return problem(404, "account_not_found")
    available = {"available_minor": has["balance_minor"], "as_of": now()}
    return web.json_response({"account": account, "currency": "EGP", **has, **available})


@routes.get("/v1/events")
async def feed(request):
    after, limit, wait_s = (float(request.query.get(name, 0)) for name in ("after", "limit", "wait_s"))
    for _ in range(int(min(wait_s, 30) * 50)):
        if len(events) > after:
            break
        await asyncio.sleep(0.02)
    page = events[int(after) : int(after + min(limit or 500, 5000))]
    return web.json_response({"events": page, "last_seq": len(events)})


@routes.post("/v1/payments")
async def pay(request):
    answer, _ = decide(await request.json())
    return web.json_response(answer) if answer else problem(409, "payment_mismatch")


@routes.get("/v1/payments/{payment_id}")
async def payment(request):
    known = payments.get(request.match_info["payment_id"])
    return web.json_response(known[1]) if known else problem(404, "payment_not_found")


@routes.post("/v1/advices")
async def advise(request):
    body = await request.json()
    answer, new = decide(body)
    answer = answer or {"status": "declined", "code": "payment_mismatch", "seq": None}
    status = "rejected" if answer["status"] == "declined" else "applied" if new else "already_applied"
    answer = {"advice_id": body["advice_id"], "status": status, "code": answer["code"], "seq": answer["seq"]}
    return web.json_response(answer)


@routes.get("/v1/snapshot")
async def snapshot(request):
    lines = [{"account": account, "currency": "EGP", **has} for account, has in accounts.items()]
    lines.append({"end": True, "accounts": len(accounts), "last_seq": len(events)})
    return web.Response(text="".join(f"{json.dumps(line)}\n" for line in lines))


if __name__ == "__main__":
    arguments = argparse.ArgumentParser()
    arguments.add_argument("--port", type=int, default=8801)
    for name in accounts:
        book(name, 100_000, "opening")
    app = web.Application(middlewares=[refuse_malformed])
    app.add_routes(routes)
    web.run_app(app, host="127.0.0.1", port=arguments.parse_args().port)
