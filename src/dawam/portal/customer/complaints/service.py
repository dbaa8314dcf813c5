"""Filing a complaint, and finding one's own again."""

import msgspec

from dawam.kernel import Conflict, NotFound, World, id_from_text
from dawam.people import Customer, Holding
from dawam.portal.customer.complaints import store
from dawam.portal.customer.complaints.model import (
    COMPLAINT_FILED,
    Complaint,
    Filed,
    Nature,
    checked,
    reference_of,
)
from dawam.portal.customer.settings import CustomerSettings
from dawam.storage import Storage, Tx, outbox
from dawam.web import Locale
from dawam.web.pages import RateLimit


class Complaints:
    """The complaints of customers."""

    def __init__(self, storage: Storage, world: World, settings: CustomerSettings) -> None:
        self._storage = storage
        self._world = world
        self._limit = RateLimit(settings.complaints_at_once, every_s=settings.complaint_again_after_s)

    async def file(
        self,
        customer: Customer,
        *,
        kind: Nature,
        text: str,
        happened: str,
        reach: str,
        holding: Holding | None,
        locale: Locale,
        once: str,
    ) -> Filed:
        """File it; the same form again is the same complaint.

        Raises: InvalidInput `id_malformed`, `complaint_empty`, `complaint_too_long`; Unavailable
        `too_many_tries`; Conflict `form_of_another`.
        """
        id_from_text(once)
        now = self._world.clock.now()
        complaint = checked(
            Complaint(
                id=once,
                reference=reference_of(once),
                customer=customer.id,
                kind=kind,
                text=text.strip(),
                happened=happened.strip(),
                reach=reach.strip(),
                locale=locale,
                filed_at=now,
                institution=None if holding is None else holding.institution,
                account=None if holding is None else holding.account,
            )
        )
        known = self._storage.read(lambda rows: store.one(rows, once))
        if known is None:
            self._limit.check(customer.id, now)
        return await self._storage.write(lambda tx: _filed(tx, complaint))

    def complaint(self, customer: Customer, identifier: str) -> Filed:
        """One of the customer's own. Raises: NotFound `complaint_not_found`."""
        found = self._storage.read(lambda rows: store.one(rows, identifier))
        if found is None or found.customer != customer.id:
            raise NotFound("complaint_not_found")
        return found

    def latest(self, customer: Customer, limit: int = 20) -> list[Filed]:
        """The customer's last complaints."""
        return self._storage.read(lambda rows: store.latest(rows, customer.id, limit))


def _filed(tx: Tx, complaint: Complaint) -> Filed:
    known = store.one(tx, complaint.id)
    if known is not None:
        if known.customer != complaint.customer:
            raise Conflict("form_of_another")
        return known
    filed = Filed(
        id=complaint.id, customer=complaint.customer, filed_at=complaint.filed_at, kind=complaint.kind
    )
    store.add(tx, filed)
    outbox.put(tx, COMPLAINT_FILED, msgspec.json.encode(complaint), now=complaint.filed_at)
    return filed
