"""What the primary refused: shown until two people settle it.

Rules: only words of members of the staff count, each by their one id, however they came; what was proposed by
somebody who is a member no longer was never said.
"""

from collections.abc import Collection

import msgspec

from dawam.kernel import Forbidden, InvalidInput, NotFound, id_to_text
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

    async def settle(self, advice_id: str, action: str, *, by: str, staff: Collection[str]) -> bool:
        """One person's word; True when it was the second and the advice is settled.

        `staff` are the ids of the members. Raises: NotFound `advice_not_parked`; InvalidInput
        `settlement_unknown`; Forbidden `member_needed`, `second_person_needed`; Conflict
        `settlement_differs`.
        """
        if by not in staff:
            raise Forbidden("member_needed")
        try:
            wanted = Settlement(action)
        except ValueError:
            raise InvalidInput("settlement_unknown", action=action[:40]) from None

        def verb(tx: Tx) -> bool:
            found = store.parked_one(tx, self._institution, advice_id)
            if found is None:
                raise NotFound("advice_not_parked", advice_id=advice_id[:40])
            parked, account = as_it_counts(found[0], staff), found[1]
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


def as_it_counts(case: ParkedAdvice, staff: Collection[str]) -> ParkedAdvice:
    """The case without the proposal of somebody who is not of the staff."""
    if case.proposed_by is None or case.proposed_by in staff:
        return case
    return msgspec.structs.replace(case, proposed_action=None, proposed_by=None)
