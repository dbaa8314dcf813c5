"""Processes of a stage: started, watched, reaped.

Promises: a child that does not start is an error with its last words; none outlives the stage. Each is in a
session of its own, so that Ctrl-C at the terminal reaches the stage alone, which then ends them in order.
"""

import asyncio
import os
import signal
import sys
from collections.abc import Mapping, Sequence
from contextlib import suppress
from pathlib import Path

from dawam.kernel import Unavailable

_START_S = 60.0
_STOP_S = 8.0
_FAIL_S = 2.0
_LAST_LINES = 6
_LINE_MAX = 300


class Child:
    """A Python module as a process, leashed to this one by its standard input."""

    def __init__(
        self, name: str, arguments: Sequence[str], *, log: Path, variables: Mapping[str, str] | None = None
    ) -> None:
        """`variables` are added to this process's own."""
        self.name = name
        self._command = [sys.executable, "-m", *arguments]
        self._log = log
        self._variables = dict(variables or {})
        self._running: asyncio.subprocess.Process | None = None
        self._wanted = False

    async def start(self) -> str:
        """Start it, and return the line that it prints when it is ready.

        Raises: Unavailable `stage_process_failed`, with the last lines of its standard error.
        """
        with self._log.open("ab") as log:
            self._running = await asyncio.create_subprocess_exec(
                *self._command,
                stdin=asyncio.subprocess.PIPE,
                stdout=asyncio.subprocess.PIPE,
                stderr=log,
                env=_environment() | self._variables,
                start_new_session=True,
            )
        self._wanted = True
        line = await self._first_line(self._running)
        if not line:
            with suppress(TimeoutError):  # one that fails by itself shall end with its own status
                async with asyncio.timeout(_FAIL_S):
                    await self._running.wait()
            await self._end(signal.SIGTERM)
            raise self._failed()
        return line

    async def watch(self) -> None:
        """Return when it was ended from here.

        Raises: Unavailable `stage_process_failed`, when it ends by itself.
        """
        while self._running is not None:
            running = self._running
            await running.wait()
            if self._wanted and running is self._running:
                raise self._failed()
            await asyncio.sleep(0.05)

    async def stop(self) -> None:
        """Ask it to end; kill it if it does not."""
        await self._end(signal.SIGTERM)

    async def kill(self) -> None:
        """End it in the middle of whatever it does."""
        await self._end(signal.SIGKILL)

    async def _end(self, number: signal.Signals) -> None:
        self._wanted = False
        running = self._running
        if running is None:
            return
        _send(running, number)
        try:
            async with asyncio.timeout(_STOP_S):
                await running.wait()
        except TimeoutError:
            _send(running, signal.SIGKILL)
            await running.wait()
        except BaseException:  # whoever is impatient: it is not left behind
            _send(running, signal.SIGKILL)
            raise

    async def _first_line(self, running: asyncio.subprocess.Process) -> str:
        if running.stdout is None:
            return ""
        try:
            async with asyncio.timeout(_START_S):
                return (await running.stdout.readline()).decode(errors="replace").strip()
        except TimeoutError:
            return ""

    def _failed(self) -> Unavailable:
        status = self._running.returncode if self._running else None
        return Unavailable("stage_process_failed", process=self.name, status=status, said=self._last_words())

    def _last_words(self) -> str:
        lines = [line.strip() for line in self._log.read_text(errors="replace").splitlines() if line.strip()]
        return " | ".join(line[:_LINE_MAX] for line in lines[-_LAST_LINES:]) or "nothing"


def _send(running: asyncio.subprocess.Process, number: signal.Signals) -> None:
    """Not by its own method, which may reap it under the eyes of those who wait for it."""
    if running.returncode is None:
        with suppress(ProcessLookupError):
            os.kill(running.pid, number)


def _environment() -> dict[str, str]:
    """This one's, without what would make a child read other settings than its own."""
    return {name: value for name, value in os.environ.items() if not name.startswith("DAWAM_")}
