"""Who lives in the demo: customers, shops and agents of three providers, and Amina, whom it follows."""

from collections.abc import Iterator, Sequence
from random import Random

import msgspec

from dawam.simulation.virtual import PlayedBooking
from dawam.wallet import AccountKind, Booking, OpenAccount

PROVIDERS = ("vfc", "ora", "eti")
CURRENCY = "EGP"
AMINA = "vfc-amina"
AMINA_MINOR = 125_000
AMINA_SAVES = "eti-90770142"
SHOP = "ora-shop-0000"
OMAR, LAYLA, MOREAU = "vfc-omar", "ora-layla", "eti-moreau"
_NAMED = {
    AMINA: AMINA_MINOR,
    AMINA_SAVES: 2_340_075,
    OMAR: 310_050,
    LAYLA: 86_500,
    MOREAU: 1_905_025,
}
LEFT_ALONE = frozenset({*_NAMED, SHOP})
"""Whom neither the crowd nor the providers touch: what they hold changes by what the story does alone."""
_AGENT_MINOR = 50_000_000
_CUSTOMERS_PER_SHOP = 100
_CUSTOMERS_PER_AGENT = 1_000
_LEAST_MINOR = 100


class Wallet(msgspec.Struct, frozen=True):
    """One wallet and what is in it to begin with."""

    asked: OpenAccount
    opening_minor: int

    @property
    def account(self) -> str:
        """Its name."""
        return self.asked.account or ""

    @property
    def opening(self) -> Booking:
        """The booking of its first money."""
        return Booking(account=self.account, amount_minor=self.opening_minor, kind="opening")


def wallets(count: int, chance: Random) -> list[Wallet]:
    """So many customers in turn over the providers, then shops and agents; those with a name come first."""
    found = [
        _wallet(account.split("-")[0], account, AccountKind.CUSTOMER, opening_minor)
        for account, opening_minor in _NAMED.items()
    ]
    found.append(_wallet("ora", SHOP, AccountKind.MERCHANT, 1_000_000))
    for number in range(1, count):
        provider = PROVIDERS[number % len(PROVIDERS)]
        opening_minor = max(_LEAST_MINOR, int(chance.lognormvariate(11.3, 1.2)))
        found.append(_wallet(provider, f"{provider}-{number:08}", AccountKind.CUSTOMER, opening_minor))
    for kind, word, each in (
        (AccountKind.MERCHANT, "shop", _CUSTOMERS_PER_SHOP),
        (AccountKind.AGENT, "agent", _CUSTOMERS_PER_AGENT),
    ):
        for number in range(1, max(3, count // each) + 1):
            provider = PROVIDERS[number % len(PROVIDERS)]
            found.append(_wallet(provider, f"{provider}-{word}-{number:04}", kind, _AGENT_MINOR))
    return found


def bookings(
    accounts: Sequence[str], chance: Random, *, per_s: float, length_s: float
) -> list[PlayedBooking]:
    """What the providers' own channels bring meanwhile: salaries and cash, always more, never less."""
    return [
        PlayedBooking(
            number / per_s,
            chance.choice(accounts),
            100 * chance.randint(1, 500),
            chance.choice(("cash_in", "salary", "refund")),
        )
        for number in range(int(per_s * length_s))
    ]


def batches(found: Sequence[Wallet], size: int = 2_000) -> Iterator[Sequence[Wallet]]:
    """The wallets in portions."""
    for start in range(0, len(found), size):
        yield found[start : start + size]


def _wallet(provider: str, account: str, kind: AccountKind, opening_minor: int) -> Wallet:
    return Wallet(
        OpenAccount(provider=provider, currency=CURRENCY, kind=kind, account=account), opening_minor
    )
