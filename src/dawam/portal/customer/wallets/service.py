"""Asking for what a customer holds: all accounts at once, and none of them for too long."""

import asyncio
from collections.abc import Mapping

import structlog

from dawam.kernel import DawamError, NotFound, Unavailable
from dawam.people import Customer, Holding
from dawam.portal.customer.wallets.model import WITHHELD, Standing, Why
from dawam.standin import Desk, Shown, Withheld

_log = structlog.get_logger("dawam.portal")


class Wallets:
    """The customer's accounts, over several institutions."""

    def __init__(self, desks: Mapping[str, Desk], *, within_s: float) -> None:
        self._desks = desks
        self._within_s = within_s
        self._asking: set[asyncio.Task[Shown | Withheld]] = set()

    async def all(self, customer: Customer) -> list[Standing]:
        """Every account in the customer's order."""
        asked = [self.standing(n, holding) for n, holding in enumerate(customer.holdings, 1)]
        return list(await asyncio.gather(*asked))

    async def standing(self, n: int, holding: Holding) -> Standing:
        """One account; what cannot be proved in time has a reason instead of an amount."""
        answer = await self._ask(holding)
        if isinstance(answer, Shown):
            return Standing(n=n, holding=holding, shown=answer)
        return Standing(n=n, holding=holding, why=answer)

    def desk(self, holding: Holding) -> Desk:
        """The desk of an account's institution.

        Raises: Unavailable `account_unreachable`.
        """
        found = self._desks.get(holding.institution)
        if found is None:
            raise Unavailable("account_unreachable")
        return found

    async def currency(self, holding: Holding) -> str:
        """The currency of an account. Raises: Unavailable `account_unreachable`."""
        mirrored = self.desk(holding).mirror.balance(holding.account)
        if mirrored is not None:
            return mirrored.currency
        answer = await self._ask(holding)
        if not isinstance(answer, Shown):
            raise Unavailable("account_unreachable")
        return answer.currency

    def institutions(self, customer: Customer) -> list[tuple[str, Desk]]:
        """Those where the customer has accounts, each once."""
        names = dict.fromkeys(holding.institution for holding in customer.holdings)
        return [(name, self._desks[name]) for name in names if name in self._desks]

    async def _ask(self, holding: Holding) -> Shown | Why:
        """The question goes on behind a page that no longer waits: its answer is evidence for the desk."""
        desk = self._desks.get(holding.institution)
        if desk is None:
            return Why.UNKNOWN
        question = asyncio.create_task(desk.balance(holding.account))
        self._asking.add(question)
        question.add_done_callback(self._done)
        try:
            async with asyncio.timeout(self._within_s):
                answer = await asyncio.shield(question)
        except TimeoutError:
            return Why.LATE
        except NotFound:
            return Why.UNKNOWN
        except Exception as error:  # one account must not hide the others
            code = error.code if isinstance(error, DawamError) else type(error).__name__
            _log.error("balance_failed", institution=holding.institution, code=code)
            return Why.FAILED
        return answer if isinstance(answer, Shown) else WITHHELD[answer.reason]

    def _done(self, question: asyncio.Task[Shown | Withheld]) -> None:
        self._asking.discard(question)
        if not question.cancelled():
            question.exception()
