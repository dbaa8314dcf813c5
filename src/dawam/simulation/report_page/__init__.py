"""A run as one page that a director of operations reads: `report.html`.

Promises: the file needs nothing but itself (no script, no font, no address); everything that came from
outside is escaped; what was not measured is not on it; no account's name is on it except as the reference
of a difference; it is written whole or not at all. Page: docs/replay.md.
"""

from dawam.simulation.report_page.page import render_report, write_report

__all__ = ["render_report", "write_report"]
