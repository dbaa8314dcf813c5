"""`dawam people …`: the institution's list, the staff, and the trail.

What changes something needs the database alone, so the node must not be running; a database that is not there
yet is made for the first invitation or list, as a node would make it.
"""

import asyncio
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated, Protocol

import msgspec
import typer

from dawam.delivery import Message
from dawam.kernel import Conflict, DawamError, InvalidInput, World
from dawam.people import TABLES
from dawam.people.customers.importing import read_file, take_over
from dawam.people.customers.reading import COLUMNS
from dawam.people.service import People
from dawam.people.settings import PeopleSettings
from dawam.people.staff import Actor
from dawam.people.trail import SYSTEM, Entry, Found, Trail
from dawam.people.trail.service import checked
from dawam.people.trail.store import has_tables
from dawam.storage import Storage, Tx, looking, place_of
from dawam.web import LOCALES, Locale, shown
from dawam.web.pages import PageSettings, Role

people = typer.Typer(name="people", help="Customers, staff, and who did what.", no_args_is_help=True)

_NOT_SO = 1
Database = Annotated[
    str, typer.Option(help="storage.url of the configuration: sqlite:///FILE, postgresql://USER@HOST/NAME.")
]
AsJson = Annotated[bool, typer.Option("--json", help="Print JSON.")]
PublicUrl = Annotated[str, typer.Option(help="pages.public_url of the configuration.")]
Language = Annotated[str, typer.Option(help="The language of the page behind the link: ar, fr or en.")]


class Outside(Protocol):
    """What the command line hands to a command, as the context's `obj`."""

    def world(self) -> World:
        """Time and chance."""
        ...

    def storage(self, database: str) -> Storage:
        """A node's database, to be changed; a new one is made with all that a node keeps."""
        ...

    def say(self, error: DawamError) -> None:
        """Tell a refusal in the user's language: what, where, what to do next."""
        ...


@people.callback()
def _people() -> None:
    """Customers, staff, and who did what."""


@people.command("import")
def import_customers(
    context: typer.Context,
    file: Annotated[Path, typer.Argument(help=f"CSV, UTF-8: {','.join(COLUMNS)}.")],
    database: Database,
    country_code: Annotated[str, typer.Option(help="people.country_code of the configuration.")] = "20",
) -> None:
    """Take over the institution's list of customers: all of the file, or nothing of it.

    A customer who is known already is as the file says afterwards. The node must not be running. The exit
    status is 1 when lines are wrong.
    """
    settings = msgspec.convert({"country_code": country_code}, PeopleSettings)
    with _opened(context, database, settings=settings, new=True) as house:
        listed = read_file(file, house.customers)
        done = take_over(house.storage, house.customers, listed)
    for wrong in done.wrong:
        typer.echo(f"{file.name}, line {wrong.line}:", err=True)
        context.obj.say(wrong.error)
    if done.wrong_in_all:
        typer.echo(f"{done.wrong_in_all:,} lines are wrong; nothing was imported.", err=True)
        raise typer.Exit(_NOT_SO)
    typer.echo(f"{done.customers:,} customers ({done.new:,} new), {done.holdings:,} accounts and wallets")


@people.command("invite")
def invite(
    context: typer.Context,
    name: Annotated[str, typer.Option(help="As colleagues know them.")],
    role: Annotated[list[Role], typer.Option(help="May be given several times.")],
    database: Database,
    institution: Annotated[list[str] | None, typer.Option(help="Which ones; all without it.")] = None,
    public_url: PublicUrl = "http://localhost:8080",
    language: Language = "ar",
) -> None:
    """Invite a member of the staff, the first administrator too, and print their link.

    The node must not be running; administrators of a running one invite on the page /console/staff.
    """
    locale = _locale(language)
    page_settings = _page_settings(public_url)
    with _opened(context, database, page_settings=page_settings, new=True) as house:
        member, token = asyncio.run(
            house.staff.invite(Actor(SYSTEM), name=name, roles=role, institutions=institution or ())
        )
    typer.echo(f"{page_settings.origin}/{locale}/invitation/{token}")
    typer.echo(f"Member {member.id}. The link works once; hand it over by a way that you trust.", err=True)


@people.command("dismiss")
def dismiss(
    context: typer.Context,
    member: Annotated[str, typer.Argument(help="The member's id, as `dawam people staff` lists it.")],
    database: Database,
    reason: Annotated[str, typer.Option(help="Why; kept with the record.")] = "",
) -> None:
    """Let a member of the staff in no longer.

    The node must not be running; administrators of a running one dismiss on the page /console/staff.
    """
    with _opened(context, database) as house:
        asyncio.run(house.staff.dismiss(Actor(SYSTEM), member, reason=reason))
    typer.echo("Dismissed: sessions, passkeys and links have ended.")


@people.command("staff")
def staff(context: typer.Context, database: Database, as_json: AsJson = False) -> None:
    """List the members of the staff."""
    with _opened(context, database, read_only=True) as house:
        members = house.staff.members()
    if as_json:
        sys.stdout.write(msgspec.json.encode(members).decode() + "\n")
        return
    for one in members:
        where = ", ".join(one.institutions) or "all institutions"
        typer.echo(
            f"{one.id}  {'active   ' if one.active else 'dismissed'}  {' '.join(sorted(one.roles))}  {where}"
        )
    typer.echo(f"{len(members)} members")


@people.command("trail")
def trail(
    database: Database,
    check: Annotated[bool, typer.Option("--check", help="Verify every entry from the first on.")] = False,
    head: Annotated[
        str | None, typer.Option(help="With --check: NUMBER:SEAL of an earlier check, kept elsewhere.")
    ] = None,
    limit: Annotated[int, typer.Option(help="How many entries, from the newest on.", min=1)] = 50,
    institution: Annotated[str | None, typer.Option(help="Only what is about this one.")] = None,
    as_json: AsJson = False,
) -> None:
    """Show who did what, or verify that nobody has changed it. The exit status is 1 when somebody has."""
    storage = Storage.open(database, tables=TABLES, read_only=True)
    try:
        if check:
            known = None if head is None else _head(head)
            _show_check(storage.read(lambda rows: checked(rows, known=known)), as_json=as_json)
            return
        _show(Trail(storage).entries(limit=limit, institution=institution), as_json=as_json)
    finally:
        storage.close()


@contextmanager
def _opened(
    context: typer.Context,
    database: str,
    *,
    settings: PeopleSettings | None = None,
    page_settings: PageSettings | None = None,
    read_only: bool = False,
    new: bool = False,
) -> Iterator[People]:
    """People of a node's database; `new` lets one be made that is not there, otherwise it must be.

    Raises: InvalidInput `database_foreign`; Conflict `people_database_in_use`; as `Storage.open`.
    """
    if not new:
        with looking(database) as rows:
            if not has_tables(rows):
                raise InvalidInput("database_foreign", file=place_of(database))
    if read_only:
        storage = Storage.open(database, tables=TABLES, read_only=True)
    else:
        storage = _alone(context, database)
    try:
        yield People(
            storage,
            context.obj.world(),
            settings or PeopleSettings(),
            page_settings=page_settings or PageSettings(),
            send=_send_nothing,
        )
    finally:
        storage.close()


def _alone(context: typer.Context, database: str) -> Storage:
    outside: Outside = context.obj
    try:
        return outside.storage(database)
    except Conflict as error:
        if error.code != "database_in_use":
            raise
        raise Conflict("people_database_in_use", file=place_of(database)) from None


def _send_nothing(tx: Tx, message: Message) -> None:
    """None of these commands sends a message."""


def _locale(language: str) -> Locale:
    for locale in LOCALES:
        if language == locale:
            return locale
    raise typer.BadParameter(f"one of {', '.join(LOCALES)}", param_hint="--language")


def _page_settings(public_url: str) -> PageSettings:
    try:
        return PageSettings(public_url=public_url)
    except ValueError as error:
        raise typer.BadParameter(str(error), param_hint="--public-url") from None


def _head(text: str) -> tuple[int, str]:
    number, _, seal = text.partition(":")
    if not number.isdigit() or not number.isascii() or len(seal) != 64:
        raise typer.BadParameter("NUMBER:SEAL, as an earlier check has printed it", param_hint="--head")
    return int(number), seal.lower()


def _show_check(found: Found, *, as_json: bool) -> None:
    if as_json:
        sys.stdout.write(msgspec.json.encode(found).decode() + "\n")
    elif found.ok:
        typer.echo(f"The trail is intact: {found.entries:,} entries. Head {found.entries}:{found.head}")
    else:
        typer.echo(f"The trail is broken at entry {found.broken}: {found.finding}.", err=True)
    if not found.ok:
        raise typer.Exit(_NOT_SO)


def _show(entries: list[Entry], *, as_json: bool) -> None:
    for one in reversed(entries):
        if as_json:
            told = {name: getattr(one, name) for name in ("number", "at", "by", "act", "institution")}
            more = {"subject": one.subject, "reason": one.reason, "details": one.told()}
            sys.stdout.write(msgspec.json.encode({**told, **more, "seal": one.seal.hex()}).decode() + "\n")
            continue
        at = one.at.isoformat(timespec="seconds")
        reason = f"  {shown(one.reason)}" if one.reason else ""
        typer.echo(f"{one.number:>6}  {at}  {one.by:<26}  {one.act:<22} {shown(one.subject)}{reason}")
