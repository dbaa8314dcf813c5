"""One-time codes for customers without a passkey: short-lived, few tries, alike for whoever is not known."""

from dawam.people.codes.hashing import Argon2, SlowHash, ThreadedArgon2
from dawam.people.codes.model import Code
from dawam.people.codes.service import Codes
from dawam.people.codes.tables import TABLES

__all__ = ["TABLES", "Argon2", "Code", "Codes", "SlowHash", "ThreadedArgon2"]
