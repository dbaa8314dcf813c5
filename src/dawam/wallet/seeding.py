"""Wallets to begin with: customers, agents and merchants of several providers, with opening balances."""

from collections.abc import Iterator, Sequence
from random import Random

from dawam.wallet.messages import Booking, OpenAccount
from dawam.wallet.model import AccountKind
from dawam.wallet.service import Wallet

_BATCH = 2_000
_CUSTOMERS_PER_AGENT = 500
_CUSTOMERS_PER_MERCHANT = 100
_FLOAT_MINOR = 50_000_000


def planned(wallets: int, providers: Sequence[str], currency: str) -> Iterator[OpenAccount]:
    """Customers in turn over the providers; then at least one agent and one merchant for each provider."""
    for number in range(wallets):
        yield OpenAccount(provider=providers[number % len(providers)], currency=currency)
    for kind, share in (
        (AccountKind.AGENT, _CUSTOMERS_PER_AGENT),
        (AccountKind.MERCHANT, _CUSTOMERS_PER_MERCHANT),
    ):
        for number in range(max(len(providers), wallets // share)):
            yield OpenAccount(provider=providers[number % len(providers)], currency=currency, kind=kind)


def opening_minor(kind: AccountKind, entropy: Random) -> int:
    """An opening balance: a float for agents, else log-normal around 800.00, never 0."""
    if kind is AccountKind.AGENT:
        return _FLOAT_MINOR
    return max(1, int(entropy.lognormvariate(11.3, 1.2)))


async def seed(
    wallet: Wallet, *, wallets: int, providers: Sequence[str], currency: str, entropy: Random
) -> int:
    """Open the wallets and book their opening balances; how many accounts there are now."""
    plan = list(planned(wallets, providers, currency))
    for start in range(0, len(plan), _BATCH):
        asked = plan[start : start + _BATCH]
        names = await wallet.open_many(asked)
        await wallet.book_many(
            [
                Booking(account=name, amount_minor=opening_minor(ask.kind, entropy), kind="opening")
                for name, ask in zip(names, asked, strict=True)
            ]
        )
    return len(plan)
