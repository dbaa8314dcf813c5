"""Pages that show several slices at once: the customer's home and the operator's console.

Promises: an amount is shown with its time and its source, or withheld with a reason; nobody approves their
own act. Page: docs/portal.md.
"""

from pathlib import Path

from dawam.portal import console
from dawam.portal.console import Act, Console, Order, Orders, Pulse, console_routes
from dawam.portal.settings import PortalSettings

TEMPLATES = Path(__file__).with_name("templates")
TABLES = [*console.TABLES]

__all__ = [
    "TABLES",
    "TEMPLATES",
    "Act",
    "Console",
    "Order",
    "Orders",
    "PortalSettings",
    "Pulse",
    "console_routes",
]
