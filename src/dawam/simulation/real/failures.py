"""A failure in one of several tasks, as the one failure that it is."""

from collections.abc import Coroutine
from typing import Any, TypeVar

from dawam.kernel import DawamError

T = TypeVar("T")


async def plainly(work: Coroutine[Any, Any, T]) -> T:
    """Await work that runs task groups; the first failure in a group is raised alone.

    Raises: what the work raises.
    """
    try:
        return await work
    except BaseExceptionGroup as group:
        failure = _first(group)
        if failure is None:
            raise
        raise failure from None


def _first(group: BaseExceptionGroup[BaseException]) -> DawamError | None:
    found = group.subgroup(DawamError)
    while found is not None:
        inner = found.exceptions[0]
        if isinstance(inner, DawamError):
            return inner
        found = inner if isinstance(inner, BaseExceptionGroup) else None
    return None
