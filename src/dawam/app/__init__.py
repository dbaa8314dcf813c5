"""The composition root: settings -> world -> slices -> routes. The only room that knows them all.

Promises: nothing is opened before the settings are sound; a node that could not start leaves nothing
running; the same wiring serves the real world and the simulation.
"""

from dawam.app.front import Front
from dawam.app.node import TABLES, Node, build, check_settings
from dawam.app.serving import configure_logging, create_app
from dawam.app.world import SystemClock, system_world

__all__ = [
    "TABLES",
    "Front",
    "Node",
    "SystemClock",
    "build",
    "check_settings",
    "configure_logging",
    "create_app",
    "system_world",
]
