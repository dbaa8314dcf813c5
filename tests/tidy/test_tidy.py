"""The house stays tidy: sizes, docstrings, where SQL and time may stand."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
SOURCE = ROOT / "src" / "dawam"
FILES = sorted(SOURCE.rglob("*.py"))
EVERYTHING = sorted(
    file for folder in ("src", "tests", "bench", "examples") for file in (ROOT / folder).rglob("*.py")
)
FILE_LINES = 400
FUNCTION_LINES = 60

OUTSIDE_FILES = {
    Path("app/world.py"),
    Path("wallet/process.py"),
}  # the two that build a World from this machine
OUTSIDE_ROOMS = {"simulation"}
SQL = re.compile(
    r"\b(SELECT\s+[\w*]|INSERT\s+INTO|UPDATE\s+\w+\s+SET|DELETE\s+FROM|CREATE\s+TABLE|DROP\s+TABLE)\b"
)
CLOCKS = {
    ("datetime", "now"),
    ("datetime", "utcnow"),
    ("datetime", "today"),
    ("date", "today"),
    ("time", "time"),
    ("time", "time_ns"),
    ("time", "monotonic"),
    ("time", "perf_counter"),
    ("time", "sleep"),
    ("uuid", "uuid1"),
    ("uuid", "uuid4"),
}


def name_of(file: Path) -> str:
    return str(file.relative_to(ROOT))


def trees() -> Iterator[tuple[Path, ast.Module]]:
    for file in FILES:
        yield file, ast.parse(file.read_text(encoding="utf-8"))


def functions(tree: ast.AST) -> Iterator[ast.FunctionDef | ast.AsyncFunctionDef]:
    for node in ast.walk(tree):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            yield node


def is_outside(file: Path) -> bool:
    """Whether the file may touch the real clock and chance."""
    place = file.relative_to(SOURCE)
    return place in OUTSIDE_FILES or place.parts[0] in OUTSIDE_ROOMS


def test_no_file_is_too_long() -> None:
    long = {
        name_of(file): lines
        for file in EVERYTHING
        if (lines := len(file.read_text().splitlines())) > FILE_LINES
    }
    assert long == {}


def test_no_function_is_too_long() -> None:
    long = [
        f"{name_of(file)}:{node.lineno} {node.name}"
        for file, tree in trees()
        for node in functions(tree)
        if (node.end_lineno or node.lineno) - node.lineno + 1 > FUNCTION_LINES
    ]
    assert long == []


def public_nodes(body: list[ast.stmt], prefix: str = "") -> Iterator[tuple[str, ast.AST]]:
    for node in body:
        if not isinstance(
            node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef
        ) or node.name.startswith("_"):
            continue
        yield prefix + node.name, node
        if isinstance(node, ast.ClassDef):
            yield from public_nodes(node.body, f"{prefix}{node.name}.")


def test_every_public_name_keeps_its_promise_in_a_docstring() -> None:
    silent = []
    for file, tree in trees():
        if (tree.body or file.name != "__init__.py") and not ast.get_docstring(tree):
            silent.append(name_of(file))
        for name, node in public_nodes(tree.body):
            if not ast.get_docstring(node):  # type: ignore[arg-type]
                silent.append(f"{name_of(file)} {name}")
    assert silent == []


def test_every_room_has_a_front_door_and_something_in_it() -> None:
    rooms = [
        folder
        for folder in SOURCE.rglob("*")
        if folder.is_dir() and folder.name != "__pycache__" and any(folder.glob("*.py"))
    ]
    closed = [name_of(room) for room in rooms if not (room / "__init__.py").exists()]
    assert closed == []
    empty = [
        name_of(room)
        for room in rooms
        if not (room / "__init__.py").read_text().strip() and len(list(room.glob("*.py"))) == 1
    ]
    assert empty == []


@pytest.mark.parametrize("word", ["TO" + "DO", "FIX" + "ME"])
def test_nothing_is_left_for_later(word: str) -> None:
    pattern = re.compile(rf"\b{word}\b")
    assert [name_of(file) for file in EVERYTHING if pattern.search(file.read_text())] == []


def test_no_check_can_be_switched_off() -> None:
    """`assert` and `if __debug__` are gone under -O; `kernel.invariant` and `unreachable` stay."""
    soft = [
        f"{name_of(file)}:{getattr(node, 'lineno', 0)}"
        for file, tree in trees()
        for node in ast.walk(tree)
        if isinstance(node, ast.Assert) or (isinstance(node, ast.Name) and node.id == "__debug__")
    ]
    assert soft == []


def test_sql_stands_in_stores_and_tables_only() -> None:
    strayed = []
    for file, tree in trees():
        place = file.relative_to(SOURCE)
        if place.name in ("store.py", "tables.py") or place.parts[0] == "storage":
            continue
        for node in ast.walk(tree):
            if isinstance(node, ast.Constant) and isinstance(node.value, str) and SQL.search(node.value):
                strayed.append(f"{name_of(file)}:{node.lineno}")
            if isinstance(node, ast.ImportFrom) and (node.module or "").startswith("sqlalchemy"):
                names = {alias.name for alias in node.names}
                if not names <= {"Table"}:
                    strayed.append(f"{name_of(file)}:{node.lineno}")
    assert strayed == []


def touches_outside(node: ast.AST) -> str | None:
    """What in a node reads the clock or takes a chance."""
    if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name):
        used = (node.value.id, node.attr)
        return ".".join(used) if used in CLOCKS or used[0] == "random" else None
    if isinstance(node, ast.ImportFrom):
        names = {alias.name for alias in node.names}
        if node.module in ("time", "secrets", "uuid") or (node.module == "random" and names != {"Random"}):
            return f"from {node.module}"  # the type Random is fine: a World gives one
    return None


def test_only_the_composition_root_and_the_simulation_touch_the_clock_and_chance() -> None:
    strayed = [
        f"{name_of(file)}:{getattr(node, 'lineno', 0)} {touched}"
        for file, tree in trees()
        if not is_outside(file)
        for node in ast.walk(tree)
        if (touched := touches_outside(node))
    ]
    assert strayed == []


def test_no_name_says_nothing() -> None:
    empty_words = re.compile(r"(helper|util|manager|handler)s?\b")
    assert [name_of(file) for file in FILES if empty_words.search(file.stem)] == []
