"""The same stories on real processes, real HTTP and real seconds.

Promises: the wallet core and Dawam are processes of their own, on free ports of the loopback address, each
with its own database; none of them outlives the run, however it ends; what is measured is measured by the
processes' own records. Page: docs/simulation.md.
"""

from dawam.simulation.real.crowd import Crowd
from dawam.simulation.real.director import Met, RealDirector
from dawam.simulation.real.ending import reconcile
from dawam.simulation.real.failures import plainly
from dawam.simulation.real.feed import FeedPlayer, Truth, open_books
from dawam.simulation.real.node import Node, State
from dawam.simulation.real.play import meanwhile, play_real
from dawam.simulation.real.port import HttpPort
from dawam.simulation.real.stage import Ports, RealStage
from dawam.simulation.real.watch import Watch

__all__ = [
    "Crowd",
    "FeedPlayer",
    "HttpPort",
    "Met",
    "Node",
    "Ports",
    "RealDirector",
    "RealStage",
    "State",
    "Truth",
    "Watch",
    "meanwhile",
    "open_books",
    "plainly",
    "play_real",
    "reconcile",
]
