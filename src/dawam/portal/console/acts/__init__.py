"""Orders of the staff, some of which need two people."""

from dawam.portal.console.acts.model import Act, Order, State
from dawam.portal.console.acts.service import Orders
from dawam.portal.console.acts.tables import TABLES

__all__ = ["TABLES", "Act", "Order", "Orders", "State"]
