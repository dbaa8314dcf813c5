"""From a failing primary to the first subscriber's mailbox, through a real SMTP server.

Each round is a node of its own, every setting at its default, served with its pages on a new database. A
reader subscribes by e-mail on the page and confirms with the code that the SMTP server (aiosmtpd) was given.
The primary, in the node's process, then answers nothing more. Three figures, medians of the rounds:

noticed   from the primary's failure to the change of mode
told      from the change of mode to the last byte of the subscriber's notice at the SMTP server: incident,
          notice, fan-out, queue and SMTP are in it
whole     both

Run: `python bench/first_message.py [--rounds 5]`, on both engines as `bench/delivery.py` has them.
"""

import argparse
import asyncio
import logging
import sys
from collections.abc import Callable
from pathlib import Path
from statistics import median

import structlog

from delivery import new_databases

sys.path.insert(0, str(Path(__file__).parent.parent))

from tests import letters


async def once(url: str) -> tuple[float, float]:
    """Seconds until the mode has changed, and from then until the letter has come."""
    with letters.relay() as relay:
        async with letters.town(url, relay) as town:
            await town.subscribe("ar")
            failed_at = await town.fail()
            came_at = (await town.letter(1)).came_at
            changed_at = town.changed_at()
    return (changed_at - failed_at).total_seconds(), (came_at - changed_at).total_seconds()


def measure(name: str, rounds: int, new_url: Callable[[], str]) -> None:
    """A line for each figure."""
    found = [asyncio.run(once(new_url())) for _ in range(rounds)]
    noticed, told = zip(*found, strict=True)
    whole = [sum(each) for each in found]
    for figure, values in (("noticed", noticed), ("told", told), ("whole", whole)):
        print(f"{name:12} {figure:8} {median(values):6.2f} s ({min(values):.2f} to {max(values):.2f})")


def main() -> None:
    """Both engines."""
    options = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter, allow_abbrev=False
    )
    options.add_argument("--rounds", type=int, default=5)
    given = options.parse_args()
    structlog.configure(logger_factory=structlog.PrintLoggerFactory(sys.stderr))
    logging.disable(logging.WARNING)  # of the SMTP server
    for engine in ("sqlite", "postgresql"):
        with new_databases(engine) as new_url:
            measure(engine, given.rounds, new_url)


if __name__ == "__main__":
    main()
