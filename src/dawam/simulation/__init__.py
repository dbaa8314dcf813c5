"""A whole world in one process: time, network, primary, customers and faults, all from one seed.

Promises: one seed is one run, byte for byte; hours of virtual time cost what happens in them; the books
that judge share no code with what is judged. Page: docs/simulation.md.
"""

from dawam.simulation.answers import AnswerBook, BalanceStatus, ChannelBalance, WrongAnswer
from dawam.simulation.customers import ChannelGone, ChannelPort, Customers, Habits
from dawam.simulation.faults import FaultKind, FaultPlan, fault_kind
from dawam.simulation.loop import SimulatedLoop, run, simulated_world, stream
from dawam.simulation.network import Conditions, SimulatedLink
from dawam.simulation.oracle import Oracle
from dawam.simulation.primary import SimulatedPrimary
from dawam.simulation.receipts import ChannelReceipt, PaymentBook, PaymentWish
from dawam.simulation.report import Report
from dawam.simulation.switch import FaultSwitch

__all__ = [
    "AnswerBook",
    "BalanceStatus",
    "ChannelBalance",
    "ChannelGone",
    "ChannelPort",
    "ChannelReceipt",
    "Conditions",
    "Customers",
    "FaultKind",
    "FaultPlan",
    "FaultSwitch",
    "Habits",
    "Oracle",
    "PaymentBook",
    "PaymentWish",
    "Report",
    "SimulatedLink",
    "SimulatedLoop",
    "SimulatedPrimary",
    "WrongAnswer",
    "fault_kind",
    "run",
    "simulated_world",
    "stream",
]
