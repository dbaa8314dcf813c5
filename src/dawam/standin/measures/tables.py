"""Answers by minute: a few rows a minute, until the day is counted for the public.

A row is of one life of a node, which writes it anew as the counts grow: so a write may be repeated.
"""

from sqlalchemy import BigInteger, CheckConstraint, Column, Integer, String, Table

from dawam.standin.messages import Capability
from dawam.storage import metadata

_CAPABILITIES = ", ".join(f"'{one.value}'" for one in Capability)

answer_minutes = Table(
    "answer_minutes",
    metadata,
    Column("institution", String(40), primary_key=True),
    Column("minute", BigInteger, primary_key=True, autoincrement=False),
    Column("capability", String(20), primary_key=True),
    Column("life", BigInteger, primary_key=True, autoincrement=False),
    Column("answered", Integer, nullable=False),
    Column("unanswered", Integer, nullable=False),
    Column("checked", Integer, nullable=False),
    Column("wrong", Integer, nullable=False),
    CheckConstraint(f"capability IN ({_CAPABILITIES})", name="answer_minute_capability_known"),
    CheckConstraint("minute % 60000000000 = 0", name="answer_minute_whole"),
    CheckConstraint("unanswered >= 0 AND wrong >= 0", name="answer_minute_counts"),
    CheckConstraint("wrong <= checked AND checked <= answered", name="answer_minute_checks"),
    CheckConstraint("capability = 'balance' OR checked = 0", name="answer_minute_checks_of_balances"),
)

TABLES = [answer_minutes]
