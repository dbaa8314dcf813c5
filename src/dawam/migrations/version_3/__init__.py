"""The tables of version 3, as they were when it was released; no later change of the code touches them."""

from pathlib import Path


def statements(dialect: str) -> list[str]:
    """What makes the tables that version 2 has not, in order. `dialect` is `sqlite` or `postgresql`."""
    text = Path(__file__).with_name(f"{dialect}.sql").read_text(encoding="utf-8")
    commands = text.partition("\n\n")[2]
    return [command.strip() for command in commands.split("\n--;\n")]
