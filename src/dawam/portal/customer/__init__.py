"""The customer's own pages: what they hold, sending, cash, cheques, complaints.

Promises: a customer reaches nothing of another; an amount is shown with its time and its source, or a dash
with a reason, and never a zero for what is not known; a form sent twice counts once. Page:
docs/customer-pages.md.
"""

from dawam.portal.customer.complaints import COMPLAINT_FILED, Complaint
from dawam.portal.customer.pages import customer_routes
from dawam.portal.customer.service import Admit, Teller
from dawam.portal.customer.settings import CustomerSettings
from dawam.portal.customer.tables import TABLES

__all__ = ["COMPLAINT_FILED", "TABLES", "Admit", "Complaint", "CustomerSettings", "Teller", "customer_routes"]
