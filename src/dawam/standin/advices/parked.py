"""What the primary refused: shown until two people settle it."""

from dawam.kernel import InvalidInput, NotFound, id_to_text
from dawam.standin.advices import store
from dawam.standin.advices.model import Settlement, agreed
from dawam.standin.advices.outstanding import Outstanding
from dawam.standin.messages import ParkedAdvice
from dawam.standin.surroundings import Surroundings
from dawam.storage import Tx


class ParkedAdvices:
    """The parked advices of one institution."""

    def __init__(self, around: Surroundings, outstanding: Outstanding) -> None:
        self._institution = around.institution
        self._storage = around.storage
        self._world = around.world
        self._mirror = around.mirror
        self._outstanding = outstanding

    def all(self) -> list[ParkedAdvice]:
        """Oldest first."""
        return self._storage.read(lambda rows: store.parked(rows, self._institution))

    async def settle(self, advice_id: str, action: str, *, by: str) -> bool:
        """One person's word; True when it was the second and the advice is settled.

        Raises: NotFound `advice_not_parked`; InvalidInput `settlement_unknown`; Forbidden
        `second_person_needed`; Conflict `settlement_differs`.
        """
        try:
            wanted = Settlement(action)
        except ValueError:
            raise InvalidInput("settlement_unknown", action=action[:40]) from None

        def verb(tx: Tx) -> bool:
            found = store.parked_one(tx, self._institution, advice_id)
            if found is None:
                raise NotFound("advice_not_parked", advice_id=advice_id[:40])
            parked, account = found
            proposed = Settlement(parked.proposed_action) if parked.proposed_action else None
            if not agreed(proposed=proposed, proposed_by=parked.proposed_by, action=wanted, by=by):
                store.propose(tx, advice_id, wanted, by)
                return False
            if wanted is Settlement.RETRY:
                store.send_again(tx, advice_id, id_to_text(self._world.ids.next()), by)
                self._outstanding.change(account, waiting=1, exposure_minor=0)
            else:
                store.write_off(tx, advice_id, by)
                self._mirror.release(tx, parked.payment_id, now=self._world.clock.now())
                self._outstanding.change(account, waiting=0, exposure_minor=-parked.amount_minor)
            return True

        return await self._storage.write(verb)
