"""Memory and database say the same: what a writer knows is what a new life would read."""

from msgspec import structs

from dawam.ledger import audited
from dawam.ledger.books import Books


def known(books):
    """The journal's end, and what is newer than the indexes."""
    recent = books.shown
    return {
        "head": books.head,
        "root": books.frontier.root(),
        "state": books.state,
        "count": recent.count,
        "ids": list(recent.ids.items()),
        "holds": {key: structs.replace(hold, debit=0, credit=0) for key, hold in recent.holds.items()},
        "statuses": recent.statuses,
        "burnt": recent.burnt,
        "waypoints": {key: found for key, found in recent.waypoints.items() if found},
        "lates": {key: found for key, found in recent.lates.items() if found},
        "posted": [
            [part.seq + place, *sides]
            for part in recent.posted
            for place, sides in enumerate(zip(*(column.tolist() for column in part[1:]), strict=True))
        ],
        "notes": {key: found[-1] for key, found in recent.notes.items()},
    }


def agree(storage, ledger):
    """Also the accounts in memory, and the audit has nothing to say; returns its report."""
    fresh = Books(1000, None)
    storage.read(fresh.open)
    assert known(ledger._books) == known(fresh)
    for account_id in list(ledger._books.cache.slots):
        read = storage.read(lambda rows, each=account_id: fresh.slot(rows, each))
        assert ledger.account(account_id) == fresh.cache.public(read)
    report = audited(storage)
    assert report.ok, report
    assert report.records == fresh.head.seq
    return report
