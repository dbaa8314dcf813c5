"""Passkeys: registered for a person, asked for at sign-in, bound to our own site."""

from dawam.people.passkeys.model import Passkey, Site
from dawam.people.passkeys.service import Passkeys
from dawam.people.passkeys.tables import TABLES

__all__ = ["TABLES", "Passkey", "Passkeys", "Site"]
