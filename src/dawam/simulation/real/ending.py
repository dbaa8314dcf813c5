"""The end of a real run: the books compared by asking until the primary gives a whole snapshot."""

import asyncio

from dawam.kernel import Unavailable
from dawam.simulation.customers import ChannelGone
from dawam.simulation.real.node import Node
from dawam.standin import Reconciliation

_RECONCILE_TRIES = 20


async def reconcile(node: Node) -> Reconciliation:
    """Compare the books.

    Raises: Unavailable `stage_never_reconciled`, when the primary never gives a whole snapshot.
    """
    for _ in range(_RECONCILE_TRIES):
        try:
            return await node.reconcile()
        except ChannelGone:
            await asyncio.sleep(0.5)
    raise Unavailable("stage_never_reconciled", tries=_RECONCILE_TRIES)
