"""Pages that show several slices at once: the customer's home and the operator's console.

Promises: an amount is shown with its time and its source, or withheld with a reason; nobody approves their
own act. Page: docs/portal.md.
"""

from pathlib import Path

from dawam.portal import console, customer
from dawam.portal.console import Act, Console, Order, Orders, Pulse, console_routes
from dawam.portal.customer import Admit, Complaint, CustomerSettings, Teller, customer_routes
from dawam.portal.settings import PortalSettings

TEMPLATES = Path(__file__).with_name("templates")
TABLES = [*console.TABLES, *customer.TABLES]

__all__ = [
    "TABLES",
    "TEMPLATES",
    "Act",
    "Admit",
    "Complaint",
    "Console",
    "CustomerSettings",
    "Order",
    "Orders",
    "PortalSettings",
    "Pulse",
    "Teller",
    "console_routes",
    "customer_routes",
]
