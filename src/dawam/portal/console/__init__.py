"""The operator's console: every mode with its evidence, orders with a reason, parked cases, the trail."""

from dawam.portal.console.acts import TABLES, Act, Order, Orders, State
from dawam.portal.console.pages import console_routes
from dawam.portal.console.pulse import Pulse
from dawam.portal.console.service import Console

__all__ = ["TABLES", "Act", "Console", "Order", "Orders", "Pulse", "State", "console_routes"]
