"""Dawam keeps money and public services answering, truthfully, while the system behind them is down."""

__version__ = "0.1.0"
