"""The `dawam` command: each slice's commands, `serve`, `config check`, and the operator's.

Promises: whatever a user types, no traceback; a refusal says what, where and what to do next on stderr and
ends with status 2; Ctrl-C ends with 130. A slice is imported only when one of its commands is used.
"""

import json
import sys
from collections.abc import Sequence
from copy import copy
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, NamedTuple, NoReturn

import typer

from dawam import __version__
from dawam.kernel import DawamError, InvalidInput, World

if TYPE_CHECKING:
    from dawam.config import Settings
    from dawam.storage import Storage

STATUS_REFUSED = 2
STATUS_INTERRUPTED = 130
STATUS_BROKEN_PIPE = 141


class Mount(NamedTuple):
    """Where a command lives, and the line that `--help` shows without importing it."""

    module: str
    name: str
    help: str


MOUNTS: dict[str, Mount] = {
    "ledger": Mount("dawam.ledger.commands", "app", "Look at the books."),
    "storage": Mount("dawam.migrations.commands", "app", "Look after databases: migrate, check, copy."),
    "people": Mount("dawam.people.commands", "people", "Customers, staff, and who did what."),
    "wallet": Mount("dawam.wallet.commands", "wallet", "The reference primary: a small wallet core."),
    "gate": Mount("dawam.guard.commands", "gate", "Judge a new version of the primary before it opens."),
    "replay": Mount("dawam.simulation.commands", "replay", "Play an institution's own extract with faults."),
    "simulate": Mount("dawam.simulation.commands", "simulate", "Try to break every promise, seed by seed."),
    "demo": Mount("dawam.simulation.demo", "demo", "A bad update hits 20,000 wallets: watch."),
    "fault": Mount("dawam.simulation.commands", "fault", "Break or mend a running demonstration."),
}

app = typer.Typer(name="dawam", no_args_is_help=True, add_completion=False, pretty_exceptions_enable=False)
config_app = typer.Typer(no_args_is_help=True, help="The configuration file.")
app.add_typer(config_app, name="config")

ConfigFile = Annotated[
    Path | None, typer.Option("--config", help="The file; without it DAWAM_CONFIG, or dawam.toml.")
]
Institution = Annotated[str, typer.Argument(help="The institution's name in the configuration.")]
Url = Annotated[str, typer.Option("--url", help="Where the node is served.")]
Reason = Annotated[str, typer.Option("--reason", help="Why; kept with the record.")]
AsJson = Annotated[bool, typer.Option("--json", help="Print the node's answer as JSON.")]
_URL = "http://127.0.0.1:8080"


def main() -> NoReturn:
    """Run the command line and leave with its status."""
    sys.exit(run(sys.argv[1:]))


def run(arguments: Sequence[str]) -> int:
    """Run one command line; returns the status."""
    try:
        status = mounted(arguments)(
            args=list(arguments), prog_name="dawam", standalone_mode=True, obj=_Outside()
        )
    except SystemExit as ended:
        return ended.code if isinstance(ended.code, int) else int(ended.code is not None)
    except DawamError as error:
        _say(error)
        return STATUS_REFUSED
    except KeyboardInterrupt:
        return STATUS_INTERRUPTED
    except BrokenPipeError:
        sys.stderr.close()
        return STATUS_BROKEN_PIPE
    return int(status or 0)


def mounted(arguments: Sequence[str]) -> typer.Typer:
    """The application with the slice that the arguments name, and stand-ins for the others' help lines."""
    named = next((word for word in arguments if not word.startswith("-")), None)
    whole = copy(app)
    whole.registered_commands = [*app.registered_commands]
    whole.registered_groups = [*app.registered_groups]
    for name, mount in MOUNTS.items():
        if name != named:
            whole.command(name, help=mount.help)(_not_loaded)
            continue
        found: Any = getattr(import_module(mount.module), mount.name)
        if isinstance(found, typer.Typer):
            whole.add_typer(found, name=name)
        else:
            whole.command(name)(found)
    return whole


def _not_loaded() -> None:
    """Stands for a command that this line does not name."""


class _Outside:
    """What a slice's command cannot have by itself, as its context's `obj`."""

    def world(self) -> World:
        """The real clock, and the operating system's chance."""
        from dawam.app import system_world

        return system_world()

    def storage(self, database: str) -> "Storage":
        """A node's database for a command that changes it; a new one gets every table of a node."""
        from dawam.app import TABLES
        from dawam.storage import Storage

        return Storage.open(database, tables=TABLES, inline=True)

    def signing_key_file(self, database: str) -> Path | None:
        """`ledger.signing_key_file` of the configuration at hand, if that is of this database."""
        from dawam.config import load

        try:
            settings = load()
        except InvalidInput:  # none, or none that can be used: nothing here depends on it
            return None
        file = settings.ledger.signing_key_file
        return Path(file) if file is not None and settings.storage.url == database else None

    def say(self, error: DawamError) -> None:
        """A refusal, in the user's language."""
        _say(error)


def _say(error: DawamError) -> None:
    """Three lines: what, where, what to do next."""
    title, detail, action = _words(error)
    typer.echo(f"dawam: {title} ({error.code})", err=True)
    typer.echo(f"  {detail}", err=True)
    if action:
        typer.echo(f"  {action}", err=True)


def _warn(settings: "Settings") -> None:
    """What is sound and yet hardly wanted, on stderr."""
    from dawam.config import language
    from dawam.web import text

    if settings.portal.secret_env is None:
        lost = text(
            "portal.secret_env is not set: a restart ends the cash-out codes that customers hold.", language()
        )
        step = text(
            "Put a long random text into a variable of the service, and name the variable there.", language()
        )
        typer.echo(f"dawam: {lost}\n  {step}", err=True)


def _words(error: DawamError) -> tuple[str, str, str]:
    from dawam.channels import Refused
    from dawam.config import language
    from dawam.web import explain

    if isinstance(error, Refused):
        return error.title, error.detail, error.action
    says = explain(error, language())
    return says.title, says.detail, says.action


def _version(asked: bool) -> None:
    if asked:
        typer.echo(f"dawam {__version__}")
        raise typer.Exit


@app.callback()
def root(
    version: Annotated[
        bool, typer.Option("--version", callback=_version, is_eager=True, help="Print the version.")
    ] = False,
) -> None:
    """Keeps money and public services answering, truthfully, while the system behind them is down."""


@app.command()
def serve(config: ConfigFile = None) -> None:
    """Serve the channel contract until stopped."""
    from dawam.app import build, check_settings, configure_logging, create_app
    from dawam.config import load
    from dawam.kernel import Bug
    from dawam.web import Address, bind, serve

    settings = load(config)
    check_settings(settings)
    configure_logging()

    def ready(address: Address) -> None:
        typer.echo(f"dawam ready at {address.url} for {', '.join(settings.institutions)}")
        _warn(settings)

    with bind(settings.channels.host, settings.channels.port) as listening:
        node = build(settings)
        try:
            serve(create_app(node), listening, on_ready=ready)
        except Bug:
            if node.failure is None:
                raise
            raise node.failure from None
        finally:
            node.storage.close()


@config_app.command("check")
def check(config: ConfigFile = None) -> None:
    """Read the configuration and say whether it is sound; nothing is opened."""
    from dawam.app import check_settings
    from dawam.config import load

    settings = load(config)
    check_settings(settings)
    _warn(settings)
    for name, institution in settings.institutions.items():
        typer.echo(f"{name}: {institution.primary_url}, accounts {', '.join(institution.accounts)}")
    typer.echo("The configuration is sound.")


@app.command()
def mode(institution: Institution, url: Url = _URL, as_json: AsJson = False) -> None:
    """Show who answers for what, why, and since when."""
    _show_mode(_node(url, institution).get("mode"), as_json=as_json)


@app.command("take-over")
def take_over(
    institution: Institution,
    reason: Reason,
    capability: Annotated[list[str] | None, typer.Option(help="Which one; all without it.")] = None,
    url: Url = _URL,
    as_json: AsJson = False,
) -> None:
    """Let Dawam answer in the primary's place."""
    body = {"reason": reason, **({"capabilities": capability} if capability else {})}
    _show_mode(_node(url, institution).post("take-over", body), as_json=as_json)


@app.command("hand-back")
def hand_back(institution: Institution, reason: Reason, url: Url = _URL, as_json: AsJson = False) -> None:
    """Let the primary answer again, by cohorts, as soon as it agrees."""
    _show_mode(_node(url, institution).post("hand-back", {"reason": reason}), as_json=as_json)


@app.command()
def parked(institution: Institution, url: Url = _URL, as_json: AsJson = False) -> None:
    """List the decisions that the primary refused and that two people must settle."""
    answer = _node(url, institution).get("parked")
    if as_json:
        _print_json(answer)
        return
    for one in answer["parked"]:
        word = f"  {one['proposed_by']} says {one['proposed_action']}" if one["proposed_by"] else ""
        typer.echo(
            f"{one['advice_id']}  {one['amount_minor']:>14,} {one['currency']}  {one['code']}  "
            f"{one['decided_at']}{word}"
        )
    typer.echo(f"{len(answer['parked'])} parked")


@app.command()
def settle(
    institution: Institution,
    advice_id: Annotated[str, typer.Argument(help="The parked decision, as `dawam parked` lists it.")],
    action: Annotated[str, typer.Argument(help="What shall happen to it.")],
    url: Url = _URL,
    as_json: AsJson = False,
) -> None:
    """Propose how a parked decision ends, or agree as the second person."""
    answer = _node(url, institution).post(f"parked/{_segment(advice_id)}/settle", {"action": action})
    if as_json:
        _print_json(answer)
    else:
        typer.echo("Settled." if answer["settled"] else "Recorded; a second person must say the same.")


@app.command()
def reconcile(institution: Institution, url: Url = _URL, as_json: AsJson = False) -> None:
    """Compare primary, mirror and decisions, and name every difference."""
    answer = _node(url, institution).post("reconciliation", {})
    if as_json:
        _print_json(answer)
        return
    for one in answer["differences"]:
        typer.echo(f"{one['kind']}  {one['reference']}  {one['amount_minor']:,}  {one['code']}")
    typer.echo(
        f"{answer['accounts']:,} accounts, {answer['agreeing']:,} agree, {answer['differing']:,} differ, "
        f"{answer['unexplained_minor']:,} minor units unexplained"
    )


def _node(url: str, institution: str) -> Any:
    from dawam.channels import Remote
    from dawam.config import operator_token

    return Remote(url, institution, token=operator_token())


def _segment(text: str) -> str:
    from urllib.parse import quote

    return quote(text, safe="")


def _show_mode(answer: dict[str, Any], *, as_json: bool) -> None:
    if as_json:
        _print_json(answer)
        return
    for state in answer["capabilities"]:
        share = f"  {state['share_percent']} % at the primary" if state["mode"] == "recovering" else ""
        typer.echo(
            f"{state['capability']:<11} {state['mode']:<12} {state['reason']:<13} "
            f"since {state['since']}{share}"
        )


def _print_json(value: Any) -> None:
    typer.echo(json.dumps(value, ensure_ascii=False, indent=2))
