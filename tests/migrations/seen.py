"""Something in every table of what people see: by the services where they seal or sign, else row by row."""

from typing import Any

from sqlalchemy import insert

from dawam.kernel import World, from_ns
from dawam.people import SYSTEM, Trail
from dawam.status import Notices, NoticeText
from dawam.storage import Storage, Tx, metadata

_CUSTOMER, _MEMBER = "CUSTOMER-1", "01KAQZ0000000000000000000M"
_WINDOW, _INCIDENT = "01KAQZ0000000000000000000W", "01KAQZ0000000000000000000N"
_LONG = 5 * 365 * 86_400 * 10**9
_TEXTS = {
    "ar": NoticeText("عمل معلن", "تعمل المدفوعات «الصغيرة» كالمعتاد."),
    "fr": NoticeText("Travaux annoncés", "Les petits paiements continuent\u202f: 3 sur 4."),
    "en": NoticeText("Planned work", "Small payments go on.\nTransfers wait."),
}

_SAID = {
    f"{part}_{locale}": getattr(text, part) for locale, text in _TEXTS.items() for part in ("title", "body")
}


def fill(storage: Storage, world: World) -> None:
    """Put something into each of the tables."""
    now = world.clock.now()
    trail, notices = Trail(storage), Notices(storage, world)

    def note(tx: Tx) -> None:
        for number in range(12):
            trail.note(tx, by=SYSTEM, act="take_over", institution="bank", subject=f"نص {number}", now=now)

    def publish(tx: Tx) -> None:
        for kind in ("window", "window", "all_clear"):
            said = notices.publish(
                tx, institution="bank", kind=kind, subject_id=_WINDOW, texts=_TEXTS,
                capabilities=("payment",), now=now)  # fmt: skip
        notices.withdraw(tx, said.id, now=now)
        tx.execute(insert(metadata.tables["outbox_readers"]).values(name="pages", seq=1))

    storage.write_now(note)
    storage.write_now(publish)
    at = int(now.timestamp()) * 10**9
    assert from_ns(at) <= now
    storage.write_now(
        lambda tx: _put(tx, {**_people(at), **_messages(at), **_told(at), **_public(at), **_portal(at)})
    )


def _put(tx: Tx, rows: dict[str, list[dict[str, Any]]]) -> None:
    for name, several in rows.items():
        tx.connection.execute(insert(metadata.tables[name]), several)


def _people(at: int) -> dict[str, list[dict[str, Any]]]:
    return {
        "people_customers": [
            {"id": f"CUSTOMER-{number}", "name": f"منى {number}", "phone": f"+20100000000{number}",
             "email": None, "locale": locale}
            for number, locale in enumerate(("ar", "fr", "en"), start=1)
        ],
        "people_holdings": [
            {"institution": "bank", "account": f"EG000{place}", "customer": _CUSTOMER, "place": place,
             "label": "حساب"}
            for place in range(3)
        ],
        "people_members": [
            {"id": _MEMBER, "name": "Omar", "roles": "operator approver", "institutions": "bank", "active": 1,
             "since": at, "changed_at": at}
        ],
        "people_invitations": [
            {"digest": bytes([one]) * 32, "member": _MEMBER, "expires_at": at, "used_at": at if one else None}
            for one in range(2)
        ],
        "people_passkeys": [
            {"id": _MEMBER[:-1] + "P", "credential": b"\x00\xff" * 16, "kind": "staff", "person": _MEMBER,
             "public_key": b"\x05" * 77, "count": 2**32, "backed_up": 0, "transports": "usb nfc",
             "label": "Key", "added_at": at, "used_at": None}
        ],
        "people_codes": [
            {"browser": b"\x01" * 32, "customer": None, "hashed": "$argon2id$", "tries_left": 0,
             "expires_at": at}
        ],
        "people_sessions": [
            {"digest": bytes([9, one]) * 16, "id": _MEMBER[:-1] + f"{one}", "kind": "customer",
             "person": _CUSTOMER, "how": "code", "began_at": at, "proved_at": at, "seen_at": at + one,
             "device": "Firefox", "ended": ended}
            for one, ended in enumerate((None, "signed_out"))
        ],
    }  # fmt: skip


def _messages(at: int) -> dict[str, list[dict[str, Any]]]:
    common = {"way": "email", "rank": 1, "due_at": at, "tries": 1, "locale": "ar", "code": "", "made_at": at}
    return {
        "deliveries": [
            {**common, "key": "notice:1", "state": "waiting", "expires_at": at + _LONG,
             "owner": "subscription:1", "about": _WINDOW, "recipient": "mona@example.com",
             "link": "http://dawam.test/stop", "subject": None, "text_id": b"\x07" * 16, "body": None,
             "html": None, "ended_at": None},
            {**common, "key": "notice:2", "state": "failed", "expires_at": None, "owner": None, "about": None,
             "recipient": None, "link": None, "subject": "s", "text_id": None, "body": "نص", "html": "",
             "ended_at": at + 1},
        ],
        "delivery_texts": [
            {"id": b"\x07" * 16, "subject": "عمل معلن", "body": "…", "html": "<p>…</p>", "made_at": at}
        ],
        "fan_outs": [
            {"id": "notice:1", "source": "subscriptions", "subject": _WINDOW, "about": _WINDOW,
             "place": "0004", "reached": 2**33, "state": "running", "started_at": at, "ended_at": None}
        ],
    }  # fmt: skip


def _told(at: int) -> dict[str, list[dict[str, Any]]]:
    """An incident and a window, each with its history."""
    incident, window = {"incident_id": _INCIDENT}, {"window_id": _WINDOW}
    mode = {"capability": "payment", "mode": "standing_in", "reason": "unreachable", "share_percent": 100}
    return {
        "incidents": [
            {"id": _INCIDENT, "institution": "bank", "state": "closed", "nature": "unreachable",
             "opened_at": at, "window_id": None, "confirmed_at": at, "restored_at": at + 1,
             "closed_at": at + 2, "reopened": 1,
             "customers_affected": 2**33, "customers_total": 2**34,
             "balances_checked": 2**33, "balances_wrong": 1, "balances_until": at, "major_at": at,
             "impact_eur": 0, "told_at": None, "told": "", "looked_until": at}
        ],
        "incident_conditions": [{**incident, **mode, "place": 0, "since": at}],
        "incident_entries": [
            {**incident, **mode, "number": number, "at": at, "kind": kind, "words": "بدأ", "by": "",
             "once": once}
            for number, (kind, once) in enumerate((("opened", None), ("updated", _MEMBER)))
        ],
        "incident_etas": [
            {**incident, "revision": 1, "eta": at + 1, "said_at": at, "by": _MEMBER},
            {**incident, "revision": 2, "eta": None, "said_at": at, "by": _MEMBER},
        ],
        "incident_findings": [{**incident, "locale": "ar", "cause": "سبب", "measures": "تدابير"}],
        "incident_affected": [{**incident, "account": "EG0001", "why": "asked", "at": at}],
        "maintenance_windows": [
            {"id": _WINDOW, "institution": "bank", "state": "finished", "scope": "*", "starts_at": at,
             "ends_at": at + 2, "planned_ends_at": at + 1, "capabilities": "payment", "goes_on": "balance",
             **_SAID,
             "sequence": 2, "created_by": _MEMBER, "created_at": at, "changed_at": at, "announced_at": at,
             "moved_at": at,
             "started_at": at, "finished_at": at + 2, "overran_at": None, "short_reason": None,
             "short_asked_by": None, "short_approved_by": None, "short_approved_at": None}
        ],
        "window_changes": [
            {**window, "id": _WINDOW[:-1] + "C", "act": "planned", "at": at, "by": _MEMBER, "reason": "عطلة",
             "starts_at": at, "ends_at": at + 1, "old_starts_at": None, "old_ends_at": None},
            {**window, "id": _WINDOW[:-1] + "D", "act": "moved", "at": at, "by": _MEMBER, "reason": "عطلة",
             "starts_at": at, "ends_at": at + 2, "old_starts_at": at - 2, "old_ends_at": at},
        ],
        "window_moves": [
            {**window, "id": _WINDOW[:-1] + "E", "starts_at": at + 5, "ends_at": at + 6, **_SAID,
             "reason": "عطلة", "asked_by": _MEMBER, "asked_at": at}
        ],
        "window_reminders": [{**window, "before_s": 86_400, "at": at}],
    }  # fmt: skip


def _public(at: int) -> dict[str, list[dict[str, Any]]]:
    """What uptime is counted from, and who wants to be told."""
    wishes = {"locale": "ar", "capabilities": "payment", "quiet_from": 1320, "quiet_until": 360, "wake": 1}
    address = {
        "institution": "bank",
        "way": "email",
        "address": "منى@example.com",
        "address_hash": b"\x03" * 32,
    }
    columns = metadata.tables["status_days"].columns.keys()
    return {
        "feed_counts": [{"institution": 1, "since": at}],
        "feed_hours": [{"institution": 1, "starts_at": 495_000 * 3_600 * 10**9, "bookings": 2**33}],
        "status_changes": [
            {"institution": "bank", "capability": "payment", "mode": mode, "reason": "healthy", "at": at}
            for mode in ("normal", "recovering")
        ],
        "status_watches": [{"institution": "bank", "since": at, "until": at + 1}],
        "status_days": [
            {"institution": "bank", "day": "2026-11-20", "capability": capability, "gaps_measured": 1,
             **{name: 1_000 for name in columns if name.endswith("_ms")}}
            for capability in ("balance", "payment")
        ],
        "answer_minutes": [
            {"institution": "bank", "minute": at - at % 60_000_000_000, "capability": "balance", "life": at,
             "answered": 9, "unanswered": 1, "checked": 4, "wrong": 1}
        ],
        "status_balances": [
            {"institution": "bank", "day": "2026-11-20", "shown": 2**33, "checked": 40, "wrong": 1}
        ],
        "subscriptions": [{**wishes, **address, "id": _MEMBER[:-1] + "S", "confirmed_at": at, "refused": 2}],
        "subscription_asks": [
            {**wishes, **address, "id": _MEMBER[:-1] + "A", "quiet_from": None, "quiet_until": None,
             "made_at": at, "ends_at": at + 1, "tries": 0}
        ],
        "subscription_refusals": [{"address_hash": b"\x04" * 32, "until": at + _LONG}],
        "subscription_keys": [{"name": "links", "secret": bytes(range(32))}],
    }  # fmt: skip


def _portal(at: int) -> dict[str, list[dict[str, Any]]]:
    """An order of the console; what a customer sent, will fetch in cash, and complained of."""
    whose = {"customer": _CUSTOMER, "institution": "bank", "account": "EG0001", "currency": "EGP"}
    return {
        "console_orders": [
            {"id": _MEMBER[:-1] + "D", "institution": "bank", "act": "take_over", "capabilities": "payment",
             "reason": "تحديث", "by": _MEMBER, "at": at, "expires_at": at + 1, "state": "waiting",
             "second": None, "settled_at": None}
        ],
        "portal_sends": [
            {**whose, "id": _MEMBER[:-1] + "E", "payee_account": "EG0002", "payee_name": "علي",
             "name_check": "close", "made_at": at, "version": 2, "amount_minor": 2**40, "confirmed_at": at,
             "payment_id": None}
        ],
        "portal_cash_outs": [
            {**whose, "id": _MEMBER[:-1] + "F", "amount_minor": 5_000, "digest": b"\x05" * 32, "turn": 1,
             "tries_left": 3, "made_at": at, "expires_at": at + 1, "state": "open", "agent_account": None,
             "used_at": None, "payment_id": None}
        ],
        "portal_complaints": [
            {"id": _MEMBER[:-1] + "G", "customer": _CUSTOMER, "filed_at": at, "kind": "other"}
        ],
    }  # fmt: skip
