"""Other times for a window that has not started: at once, or when a second person agrees to the short notice.

Promises: until a move counts, the times that the public knows hold; with it they are replaced everywhere in
one commit, the notice says the old and the new ones, and no earlier warning is told with other times.
"""

from dawam.status.windows.moves.model import AskedMove
from dawam.status.windows.moves.service import Moves

__all__ = ["AskedMove", "Moves"]
