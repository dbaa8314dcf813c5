"""`--serve`: everything stays up, and the reader breaks and mends the primary from a second terminal."""

import asyncio
import os
import shutil
import sys
from pathlib import Path

from rich.markup import escape

from dawam.simulation.demo.people import AMINA, CURRENCY, SHOP
from dawam.simulation.demo.teller import Teller
from dawam.simulation.demo.town import Town
from dawam.simulation.faulty_wallet import CONTROL_URL
from dawam.standin import Capability, Mode, ModeChange

INSTITUTION = "wallets"
_LOOKS = {Mode.NORMAL: "green", Mode.STANDING_IN: "yellow", Mode.RECOVERING: "cyan"}


def tell_ways_in(town: Town, teller: Teller) -> None:
    """Lines to paste into a second terminal."""
    url, wallet = town.stage.node.url, town.stage.wallet_url
    here = dawam_command()
    control = town.stage.control_url
    told = "" if control == CONTROL_URL else f" --control {control}"
    body = (
        f'{{"kind": "merchant_payment", "debit_account": "{AMINA}", "credit_account": "{SHOP}", '
        f'"amount_minor": 2500, "currency": "{CURRENCY}", "requested_at": "\'$(date -u +%FT%TZ)\'"}}'
    )
    teller.chapter("Now you: in a second terminal")
    teller.say("Ask as a customer's app does, then ask the primary itself:")
    teller.plain(f"curl -s {url}/v1/accounts/{AMINA}/balance")
    teller.plain(f"curl -s {wallet}/v1/accounts/{AMINA}/balance")
    teller.say("Pay; ask how things stand, in Arabic:")
    teller.plain(f"curl -s {url}/v1/payments -H \"Idempotency-Key: $(date +%s%N)\" -d '{body}'")
    teller.plain(f"curl -s -H 'Accept-Language: ar' {url}/v1/status")
    teller.say(
        "Break the primary (zero, scale, shift, stale, some, down, hang, slow, errors, flap, …) and mend it:"
    )
    teller.plain(f"{here} fault zero{told}")
    teller.plain(f"{here} fault clear{told}")
    teller.say("Take over and hand back by hand, as an operator:")
    teller.plain(f"export DAWAM_OPERATOR_TOKEN={town.stage.operator_token}")
    teller.plain(f"{here} take-over {INSTITUTION} --reason 'I saw it first' --url {url}")
    teller.plain(f"{here} hand-back {INSTITUTION} --reason 'All well' --url {url}")
    teller.say("[bold]Ctrl-C[/] here ends everything.")


async def serve(town: Town, teller: Teller) -> None:
    """Forever: tell every change of mode as it comes."""

    def changed(change: ModeChange) -> None:
        if change.capability is Capability.BALANCE:
            share = f" {change.share_percent} % are back;" if change.mode is Mode.RECOVERING else ""
            word = change.mode.value.replace("_", " ")
            teller.say(
                f"{change.at:%H:%M:%S}  [bold {_LOOKS[change.mode]}]{word}[/]"
                f" ({change.reason.value});{share} [dim]{escape(change.evidence)}[/]"
            )

    town.watch.listeners.append(changed)
    await asyncio.Event().wait()


def dawam_command() -> str:
    """How the reader can call `dawam` from here: by its name, if the shell finds this very one."""
    own = Path(sys.executable).with_name("dawam")
    found = shutil.which("dawam")
    if found and Path(found).exists() and own.exists() and Path(found).samefile(own):
        return "dawam"
    if own.exists():
        path = os.path.relpath(own)
        return path if not path.startswith("..") else str(own)
    return f"{sys.executable} -m dawam"
