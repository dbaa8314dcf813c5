"""The institution's list as CSV, read as a whole before anything is kept; pure.

One line a holding; a customer with several has several lines with the same id, and only the first needs to
say the rest. Columns: id, name, phone, email, locale, institution, account, label; the last six may be empty.
"""

import csv
from collections.abc import Callable, Iterator

import msgspec

from dawam.kernel import DawamError, InvalidInput
from dawam.people.customers.model import Customer, Holding
from dawam.web import LOCALES

COLUMNS = ("id", "name", "phone", "email", "locale", "institution", "account", "label")
_ID_MAX = 40
_WORD_MAX = 64
_LABEL_MAX = 100
_WRONG_MAX = 100


class Wrong(msgspec.Struct, frozen=True):
    """A line that cannot be taken."""

    line: int
    error: DawamError


class Listed(msgspec.Struct, frozen=True):
    """What a file says: customers with the line where each begins, and what is wrong (the first hundred)."""

    customers: list[tuple[int, Customer]]
    wrong: list[Wrong]
    wrong_in_all: int


class _Draft:
    """A customer of whom more lines may come."""

    def __init__(self, line: int, customer: Customer) -> None:
        self.line = line
        self.customer = customer
        self.holdings: list[Holding] = []


def read_list(lines: Iterator[str], *, file: str, sound: Callable[[Customer], Customer]) -> Listed:
    """The customers of a file; `sound` gives one as they are kept, or says what is wrong.

    Raises: InvalidInput `people_columns_wrong`.
    """
    rows = csv.DictReader(lines, strict=True)
    _check_columns(rows.fieldnames or [], file)
    drafts: dict[str, _Draft] = {}
    taken: dict[tuple[str, str], str] = {}
    wrong: list[Wrong] = []
    while True:
        line = rows.line_num + 1
        try:
            row = next(rows, None)
            if row is None:
                break
            _take(row, line, drafts, taken, sound)
        except csv.Error as error:
            wrong.append(Wrong(line, InvalidInput("people_row_malformed", reason=str(error))))
        except DawamError as error:
            wrong.append(Wrong(line, error))
    customers = [
        (draft.line, msgspec.structs.replace(draft.customer, holdings=tuple(draft.holdings)))
        for draft in drafts.values()
    ]
    return Listed(customers, wrong[:_WRONG_MAX], len(wrong))


def _check_columns(found: object, file: str) -> None:
    names = [name.strip().lower() for name in found] if isinstance(found, list) else []
    if sorted(names) != sorted(COLUMNS):
        strange = sorted(set(names) ^ set(COLUMNS)) or sorted(names)
        raise InvalidInput(
            "people_columns_wrong", file=file, columns=", ".join(COLUMNS), wrong=", ".join(strange)
        )


def _take(
    row: dict[str, str | None],
    line: int,
    drafts: dict[str, _Draft],
    taken: dict[tuple[str, str], str],
    sound: Callable[[Customer], Customer],
) -> None:
    if None in row or None in row.values():
        raise InvalidInput("people_row_malformed", reason=f"{len(COLUMNS)} columns are needed")
    given = {str(name).strip().lower(): (value or "").strip() for name, value in row.items()}
    identifier = given["id"]
    if not identifier or len(identifier) > _ID_MAX or not identifier.isprintable():
        raise InvalidInput("customer_id_malformed", longest=_ID_MAX)
    holding = _holding(given)
    draft = drafts.get(identifier)
    if draft is None:
        draft = _Draft(line, sound(_customer(given)))
        drafts[identifier] = draft
    if holding is not None:
        place = (holding.institution, holding.account)
        if taken.setdefault(place, identifier) != identifier:
            raise InvalidInput("account_twice", institution=holding.institution)
        if place not in ((one.institution, one.account) for one in draft.holdings):
            draft.holdings.append(holding)


def _customer(given: dict[str, str]) -> Customer:
    locale = given["locale"].lower() or "ar"
    if locale not in LOCALES:
        raise InvalidInput("customer_locale_unknown", locale=given["locale"][:20])
    return Customer(
        id=given["id"], name=given["name"], phone=given["phone"], email=given["email"], locale=locale
    )


def _holding(given: dict[str, str]) -> Holding | None:
    institution, account, label = given["institution"], given["account"], given["label"]
    if not institution and not account:
        return None
    if not institution or not account or max(len(institution), len(account)) > _WORD_MAX:
        raise InvalidInput("holding_malformed", longest=_WORD_MAX)
    return Holding(institution=institution, account=account, label=label[:_LABEL_MAX])
