"""What a customer holds, with what can be proved about it now."""

from dawam.portal.customer.wallets.model import Standing, Why, short, usable
from dawam.portal.customer.wallets.service import Wallets

__all__ = ["Standing", "Wallets", "Why", "short", "usable"]
