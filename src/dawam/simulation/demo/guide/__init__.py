"""The guide: a page beside the product's pages, with buttons that break and mend what stands behind them.

It belongs to the demonstration alone. What it does to Dawam it does as people do, over HTTP and by forms.
"""

from dawam.simulation.demo.guide.maintenance import Staff
from dawam.simulation.demo.guide.pages import guide_app
from dawam.simulation.demo.guide.plot import Plot
from dawam.simulation.demo.guide.subscribing import subscribe_cast

__all__ = ["Plot", "Staff", "guide_app", "subscribe_cast"]
