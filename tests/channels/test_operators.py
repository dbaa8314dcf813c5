"""What people of the institution command by hand."""

import pytest

from dawam.channels import Access, check_binding
from dawam.kernel import InvalidInput, id_to_text
from dawam.standin import Capability

from .client import Client
from .fake_desk import FakeDesk

AMAL = {"authorization": "Bearer amal-token"}
ROOT = "/v1/operator/bank"


def test_an_operator_sees_the_mode(client: Client) -> None:
    answer = client.get(f"{ROOT}/mode", **AMAL)
    assert answer.status == 200
    assert len(answer.body["capabilities"]) == 5


def test_a_command_is_recorded_with_the_person_and_the_reason(client: Client, desk: FakeDesk) -> None:
    taken = client.post(f"{ROOT}/take-over", {"reason": "bad update", "capabilities": ["balance"]}, **AMAL)
    back = client.post(f"{ROOT}/hand-back", {"reason": "rolled back"}, authorization="Bearer basim-token")
    assert (taken.status, back.status) == (200, 200)
    assert desk.commands == [
        ("take_over", ("balance",), "amal", "bad update"),
        ("hand_back", "basim", "rolled back"),
    ]


def test_parked_decisions_are_shown_and_settled(client: Client, desk: FakeDesk) -> None:
    (parked,) = client.get(f"{ROOT}/parked", **AMAL).body["parked"]
    assert parked["code"] == "account_frozen"
    path = f"{ROOT}/parked/{parked['advice_id']}/settle"
    first = client.post(path, {"action": "void"}, **AMAL)
    second = client.post(path, {"action": "void"}, authorization="Bearer basim-token")
    assert [first.body["settled"], second.body["settled"]] == [False, True]
    assert [command[3] for command in desk.commands] == ["amal", "basim"]


def test_a_token_named_by_a_members_id_in_whatever_case_is_that_member(
    client: Client, desk: FakeDesk
) -> None:
    client.post(f"{ROOT}/take-over", {"reason": "x"}, authorization="Bearer basim-token")
    assert desk.commands == [("take_over", tuple(Capability), "basim", "x")]


def test_the_token_of_somebody_who_was_dismissed_opens_nothing(client: Client, desk: FakeDesk) -> None:
    gone = {"authorization": "Bearer dismissed-token"}
    for path in ("mode", "history", "books", "parked"):
        assert client.get(f"{ROOT}/{path}", **gone).body["code"] == "operator_dismissed"
    case = f"parked/{id_to_text(9)}/settle"
    for path, body in (
        ("take-over", {"reason": "x"}),
        ("hand-back", {"reason": "x"}),
        (case, {"action": "retry"}),
    ):
        assert client.post(f"{ROOT}/{path}", body, **gone).body["code"] == "operator_dismissed"
    assert client.post(f"{ROOT}/reconciliation", b"", **gone).body["code"] == "operator_dismissed"
    assert desk.commands == []


def test_a_members_token_may_do_what_its_member_may(client: Client, desk: FakeDesk) -> None:
    viewer, elsewhere = ({"authorization": f"Bearer {name}-token"} for name in ("viewer", "elsewhere"))
    assert client.get(f"{ROOT}/mode", **viewer).status == 200
    assert client.post(f"{ROOT}/take-over", {"reason": "x"}, **viewer).body["code"] == "role_missing"
    case = f"{ROOT}/parked/{id_to_text(9)}/settle"
    assert client.post(case, {"action": "retry"}, **viewer).body["code"] == "role_missing"
    assert client.get(f"{ROOT}/mode", **elsewhere).body["code"] == "institution_not_found"
    assert desk.commands == []


def test_a_token_that_is_no_members_gives_orders_and_has_no_word_in_acts_of_two(
    client: Client, desk: FakeDesk
) -> None:
    script = {"authorization": "Bearer script-token"}
    assert client.post(f"{ROOT}/take-over", {"reason": "x"}, **script).status == 200
    answer = client.post(f"{ROOT}/parked/{id_to_text(9)}/settle", {"action": "retry"}, **script)
    assert (answer.status, answer.body["code"]) == (403, "member_needed")


def test_the_history_is_told_with_its_evidence_as_far_as_asked(client: Client) -> None:
    answer = client.get(f"{ROOT}/history?limit=2", **AMAL)
    assert [change["evidence"] for change in answer.body["changes"]] == ["pattern=zero"] * 2
    assert client.get(f"{ROOT}/history?limit=0", **AMAL).body["code"] == "limit_out_of_range"


def test_the_books_are_told_in_sums_only(client: Client) -> None:
    books = client.get(f"{ROOT}/books", **AMAL).body["books"]
    assert (books["exposure_minor"], books["exposure_cap_minor"], books["parked"]) == (500, 1_000, 1)


def test_a_reconciliation_is_run_on_demand(client: Client) -> None:
    assert client.post(f"{ROOT}/reconciliation", b"", **AMAL).body == {
        "institution": "bank",
        "accounts": 3,
        "agreeing": 3,
        "differing": 0,
        "unexplained_minor": 0,
        "differences": [],
    }


@pytest.mark.parametrize(
    ("path", "body", "code", "status"),
    [
        (f"{ROOT}/take-over", {}, "body_field_missing", 400),
        (f"{ROOT}/take-over", {"reason": " "}, "reason_malformed", 400),
        (f"{ROOT}/take-over", {"reason": "x" * 501}, "reason_malformed", 400),
        (f"{ROOT}/take-over", {"reason": "x", "capabilities": ["all"]}, "body_field_invalid", 400),
        (f"{ROOT}/take-over", {"reason": "x", "for": 3}, "body_field_unknown", 400),
        ("/v1/operator/nobody/take-over", {"reason": "x"}, "institution_not_found", 404),
        (f"{ROOT}/parked/xyz/settle", {"action": "void"}, "id_malformed", 400),
        (f"{ROOT}/parked/{id_to_text(9)}/settle", {"action": 3}, "body_field_invalid", 400),
    ],
)
def test_a_command_that_cannot_be_understood_is_refused(
    client: Client, path: str, body: object, code: str, status: int
) -> None:
    answer = client.post(path, body, **AMAL)
    assert (answer.body["code"], answer.status) == (code, status)


def test_nobody_commands_without_their_own_token(client: Client, desk: FakeDesk) -> None:
    for path in ("mode", "history", "books", "parked"):
        assert client.get(f"{ROOT}/{path}").body["code"] == "token_missing"
    assert client.post(f"{ROOT}/take-over", {"reason": "x"}, authorization="Bearer app").status == 401
    assert desk.commands == []


def test_without_operators_there_are_no_such_routes(guarded: Client) -> None:
    assert guarded.get(f"{ROOT}/mode", **AMAL).body["code"] == "route_not_found"


@pytest.mark.parametrize("host", ["127.0.0.1", "127.0.0.7", "::1", "localhost"])
def test_this_machine_may_be_served_without_tokens(host: str) -> None:
    check_binding(host, Access({}))


@pytest.mark.parametrize("host", ["0.0.0.0", "10.0.0.1", "::", "example.org", "127.evil.org"])
def test_a_network_may_not(host: str) -> None:
    with pytest.raises(InvalidInput, match="channel_open_to_network"):
        check_binding(host, Access({}))
    check_binding(host, Access({"ab" * 32: "app"}))
