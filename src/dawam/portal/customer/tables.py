"""All tables of customers' pages."""

from sqlalchemy import Table

from dawam.portal.customer import cash_outs, complaints, sends

TABLES: list[Table] = [*sends.TABLES, *cash_outs.TABLES, *complaints.TABLES]
