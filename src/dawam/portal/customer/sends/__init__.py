"""Sending money: whose account it is, how much, once."""

from dawam.portal.customer.sends.model import Check, Send
from dawam.portal.customer.sends.service import Sends
from dawam.portal.customer.sends.tables import TABLES

__all__ = ["TABLES", "Check", "Send", "Sends"]
