"""The reference wallet behind real HTTP, which can be made to fail and to lie.

Promises: the wallet's books stay healthy whatever its answers say; `down` closes the listening socket and
every connection, and both come back when it is cleared; the control port always answers. It runs as a
process of its own: `python -m dawam.simulation.faulty_wallet --database sqlite:///FILE`.
Page: docs/simulation.md.
"""

from dawam.simulation.faulty_wallet.client import CONTROL_URL, Control
from dawam.simulation.faulty_wallet.process import Ready, serve_faulty_wallet

__all__ = ["CONTROL_URL", "Control", "Ready", "serve_faulty_wallet"]
