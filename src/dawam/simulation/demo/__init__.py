"""`dawam demo`: the main job for a newcomer, told in the terminal in a minute or two.

Promises: nothing is faked: a wallet core and a Dawam as processes of their own, customers over HTTP, and
an oracle that judges every balance shown; whatever ends the demo, no process is left behind; a broken
promise ends it with status 1. Page: docs/demo.md.
"""

from dawam.simulation.demo.command import demo

__all__ = ["demo"]
