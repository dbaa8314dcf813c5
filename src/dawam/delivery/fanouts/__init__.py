"""One message to very many recipients, page by page."""

from dawam.delivery.fanouts.model import FanOut, Page
from dawam.delivery.fanouts.service import FanOuts, Source

__all__ = ["FanOut", "FanOuts", "Page", "Source"]
