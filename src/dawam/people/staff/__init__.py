"""The institution's staff: members, their roles, invitations and dismissals."""

from dawam.people.staff.model import Actor, Invitation, Member
from dawam.people.staff.service import Staff, holder_in
from dawam.people.staff.tables import TABLES

__all__ = ["TABLES", "Actor", "Invitation", "Member", "Staff", "holder_in"]
