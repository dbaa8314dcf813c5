"""The advices of one institution: made inside the decision's transaction, counted for everybody."""

from dawam.primary import Advice
from dawam.standin.advices import store
from dawam.standin.advices.model import AdviceCounts, AdviceState
from dawam.standin.advices.outstanding import Outstanding
from dawam.standin.cohorts import bucket_of
from dawam.standin.surroundings import Surroundings
from dawam.storage import Storage, Tx


class AdviceBook:
    """Promise: an advice is on disk exactly when its decision is."""

    def __init__(self, around: Surroundings) -> None:
        self._institution = around.institution
        self._storage = around.storage
        self.outstanding = Outstanding()
        self._storage.read(lambda rows: store.load_outstanding(rows, self._institution, self.outstanding))
        self._storage.register(self.outstanding)

    def make(self, tx: Tx, advice: Advice) -> None:
        """Write an advice down, to be delivered when the primary is back."""
        store.add(tx, self._institution, advice, bucket_of(advice.debit_account))
        self.outstanding.change(advice.debit_account, waiting=1, exposure_minor=advice.amount_minor)

    def counts(self) -> AdviceCounts:
        """How many advices stand where."""
        return self._storage.read(lambda rows: store.counts(rows, self._institution))

    def states(self) -> list[tuple[str, AdviceState]]:
        """Every advice by its payment, oldest first."""
        return advice_states(self._storage, self._institution)

    def waits(self, share_percent: int) -> bool:
        """Whether an advice of the first `share_percent` of the customers is still to be delivered."""
        return self._storage.read(lambda rows: store.is_waiting(rows, self._institution, share_percent))

    def highest_seq(self) -> int:
        """The last feed event that an applied advice is known to have made; 0 for none."""
        return self._storage.read(lambda rows: store.highest_seq(rows, self._institution))

    def accounts(self, share_percent: int, limit: int) -> list[str]:
        """Paying accounts with decisions, of the first `share_percent` of the customers, latest first."""
        return self._storage.read(lambda rows: store.accounts(rows, self._institution, share_percent, limit))


def advice_states(storage: Storage, institution: str) -> list[tuple[str, AdviceState]]:
    """Every advice on a database by its payment, oldest first; also where nobody works on it."""
    return storage.read(lambda rows: store.states(rows, institution))
