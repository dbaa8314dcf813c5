"""The trail: rows are added, and nothing else; the database itself refuses the rest."""

from sqlalchemy import (
    DDL,
    BigInteger,
    CheckConstraint,
    Column,
    Index,
    Integer,
    LargeBinary,
    String,
    Table,
    Text,
    event,
)

from dawam.storage import metadata

people_trail = Table(
    "people_trail",
    metadata,
    Column("number", BigInteger().with_variant(Integer, "sqlite"), primary_key=True, autoincrement=False),
    Column("at", BigInteger, nullable=False),
    Column("by", String(64), nullable=False),
    Column("act", String(64), nullable=False),
    Column("institution", String(64)),
    Column("subject", String(200), nullable=False),
    Column("reason", String(500), nullable=False),
    Column("details", Text, nullable=False),
    Column("before", LargeBinary(32), nullable=False),
    Column("seal", LargeBinary(32), nullable=False, unique=True),
    CheckConstraint("number > 0", name="trail_number"),
    CheckConstraint("length(before) = 32 AND length(seal) = 32", name="trail_seals"),
    Index("people_trail_by_institution", "institution", "number"),
)

# On SQLite a replacing insert deletes without a trigger, so an insert over a row is refused as well.
_SQLITE = (
    "CREATE TRIGGER people_trail_kept BEFORE DELETE ON people_trail "
    "BEGIN SELECT RAISE(ABORT, 'people_trail is append-only'); END",
    "CREATE TRIGGER people_trail_unchanged BEFORE UPDATE ON people_trail "
    "BEGIN SELECT RAISE(ABORT, 'people_trail is append-only'); END",
    "CREATE TRIGGER people_trail_unreplaced BEFORE INSERT ON people_trail "
    "WHEN EXISTS (SELECT 1 FROM people_trail WHERE number = NEW.number OR seal = NEW.seal) "
    "BEGIN SELECT RAISE(ABORT, 'people_trail is append-only'); END",
)
_POSTGRESQL = (
    "CREATE OR REPLACE FUNCTION people_trail_refuse() RETURNS trigger LANGUAGE plpgsql AS "
    "$$ BEGIN RAISE EXCEPTION 'people_trail is append-only'; END $$",
    "CREATE TRIGGER people_trail_unchanged BEFORE UPDATE OR DELETE ON people_trail "
    "FOR EACH ROW EXECUTE FUNCTION people_trail_refuse()",
    "CREATE TRIGGER people_trail_kept BEFORE TRUNCATE ON people_trail "
    "FOR EACH STATEMENT EXECUTE FUNCTION people_trail_refuse()",
)
for _name, _commands in (("sqlite", _SQLITE), ("postgresql", _POSTGRESQL)):
    for _command in _commands:
        _ddl = DDL(_command)  # type: ignore[no-untyped-call]  # SQLAlchemy has no types here
        event.listen(people_trail, "after_create", _ddl.execute_if(dialect=_name))

TABLES = [people_trail]
