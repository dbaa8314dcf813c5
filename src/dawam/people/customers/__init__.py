"""Customers as the institution lists them: who they are, how they are reached, what they hold."""

from dawam.people.customers.model import Customer, Holding
from dawam.people.customers.service import Customers, holder_in
from dawam.people.customers.tables import TABLES

__all__ = ["TABLES", "Customer", "Customers", "Holding", "holder_in"]
