"""Complaints: filed once, passed on with the fact, listed for who filed them."""

from dawam.portal.customer.complaints.model import COMPLAINT_FILED, Complaint, Filed, Nature
from dawam.portal.customer.complaints.service import Complaints
from dawam.portal.customer.complaints.tables import TABLES

__all__ = ["COMPLAINT_FILED", "TABLES", "Complaint", "Complaints", "Filed", "Nature"]
