"""`dawam wallet …`: serve a wallet core, or work on its database while it is not served."""

import asyncio
import os
from collections.abc import Awaitable, Callable
from random import Random
from typing import Annotated, TypeVar

import typer

from dawam.kernel import InvalidInput
from dawam.wallet import process
from dawam.wallet.messages import OpenAccount
from dawam.wallet.model import AccountKind
from dawam.wallet.seeding import seed
from dawam.wallet.service import Wallet
from dawam.web import Address

T = TypeVar("T")

wallet = typer.Typer(name="wallet", help="The reference primary: a small wallet core.", no_args_is_help=True)

Database = Annotated[
    str, typer.Option(help="Where the books are: sqlite:///FILE or postgresql://USER@HOST/NAME.")
]
Account = Annotated[str, typer.Argument(help="The wallet, such as vfc-00000123.")]


@wallet.command("serve")
def serve_wallet(
    database: Database,
    host: Annotated[str, typer.Option(help="Address to listen on.")] = "127.0.0.1",
    port: Annotated[int, typer.Option(help="Port to listen on; 0 takes a free one.")] = 8801,
    admin_token_env: Annotated[
        str | None,
        typer.Option(help="Name of the environment variable with the token of the admin calls."),
    ] = None,
    token_env: Annotated[
        str | None,
        typer.Option(help="Name of the environment variable with the token that every call must bring."),
    ] = None,
) -> None:
    """Serve the primary contract until stopped."""

    def ready(address: Address) -> None:
        typer.echo(f"wallet core ready at {address.url}")

    process.run(
        database,
        host=host,
        port=port,
        admin_token=_token(admin_token_env),
        token=_token(token_env),
        on_ready=ready,
    )


@wallet.command("open")
def open_account(
    provider: Annotated[str, typer.Argument(help="Prefix of the provider, such as vfc.")],
    database: Database,
    currency: Annotated[str, typer.Option(help="ISO 4217 code.")] = "EGP",
    kind: Annotated[AccountKind, typer.Option(help="Whose wallet.")] = AccountKind.CUSTOMER,
    account: Annotated[str | None, typer.Option(help="Its name; without one it gets a number.")] = None,
    overdraft_minor: Annotated[int, typer.Option(help="How far below zero it may go.")] = 0,
) -> None:
    """Open a wallet and print its name."""
    ask = OpenAccount(
        provider=provider, currency=currency, kind=kind, account=account, overdraft_minor=overdraft_minor
    )
    typer.echo(_on(database, lambda core: core.open(ask)))


@wallet.command("freeze")
def freeze(account: Account, database: Database) -> None:
    """Stop payments out of a wallet."""
    typer.echo(_on(database, lambda core: core.freeze(account)).status)


@wallet.command("unfreeze")
def unfreeze(account: Account, database: Database) -> None:
    """Allow payments again."""
    typer.echo(_on(database, lambda core: core.unfreeze(account)).status)


@wallet.command("close")
def close(account: Account, database: Database) -> None:
    """Close a wallet that stands at zero, for ever."""
    typer.echo(_on(database, lambda core: core.close(account)).status)


@wallet.command("seed")
def seed_wallets(
    database: Database,
    wallets: Annotated[int, typer.Option(help="How many customers.", min=1)] = 20_000,
    providers: Annotated[str, typer.Option(help="Their providers, separated by commas.")] = "vfc,ora,eti",
    currency: Annotated[str, typer.Option(help="ISO 4217 code.")] = "EGP",
    seed_number: Annotated[int, typer.Option("--seed", help="The same seed gives the same balances.")] = 1,
) -> None:
    """Open customers, agents and merchants with opening balances."""
    names = [name.strip() for name in providers.split(",") if name.strip()]
    if not names:
        raise InvalidInput("provider_invalid", index=0)
    entropy = Random(seed_number)  # noqa: S311  balances to play with, no secrets
    made = _on(
        database,
        lambda core: seed(core, wallets=wallets, providers=names, currency=currency, entropy=entropy),
    )
    typer.echo(f"{made} accounts opened")


def _on(database: str, work: Callable[[Wallet], Awaitable[T]]) -> T:
    """Run one piece of work on a database that nobody serves."""

    async def run() -> T:
        with process.opened(database, inline=True) as core:
            return await work(core)

    return asyncio.run(run())


def _token(variable: str | None) -> str | None:
    """The token in the named environment variable. Raises: InvalidInput `admin_token_empty`."""
    if variable is None:
        return None
    token = os.environ.get(variable, "")
    if not token:
        raise InvalidInput("admin_token_empty", variable=variable)
    return token
