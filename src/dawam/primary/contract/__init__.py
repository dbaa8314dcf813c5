"""The primary contract over HTTP: the client, its settings, and what it accepts as an answer."""

from dawam.primary.contract.client import HttpPrimary
from dawam.primary.contract.settings import LinkSettings

__all__ = ["HttpPrimary", "LinkSettings"]
