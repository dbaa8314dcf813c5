"""The auditor inside: verify the books without trusting them, and name the first bad record."""

from dawam.ledger.audit.service import verify

__all__ = ["verify"]
