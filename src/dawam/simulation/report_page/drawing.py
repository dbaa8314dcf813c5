"""Shapes on a sheet: what the template writes down as SVG, and no more. Points in px, to a hundredth."""

import msgspec

Point = tuple[float, float]


class Rect(msgspec.Struct, frozen=True):
    """An upright rectangle; `kind` is its class in the style sheet."""

    x: float
    y: float
    width: float
    height: float
    kind: str


class Line(msgspec.Struct, frozen=True):
    """A straight line."""

    x1: float
    y1: float
    x2: float
    y2: float
    kind: str


class Path(msgspec.Struct, frozen=True):
    """A line through points, or the area within them."""

    points: tuple[Point, ...]
    kind: str
    area: bool = False


class Label(msgspec.Struct, frozen=True):
    """A text; `anchor` is where its point lies in it: start (left), middle, end (right)."""

    x: float
    y: float
    text: str
    kind: str = "tick"
    anchor: str = "middle"


Shape = Rect | Line | Path | Label


class Frame(msgspec.Struct, frozen=True):
    """A sheet and the plot on it."""

    width: float
    height: float
    left: float
    top: float
    right: float
    bottom: float

    @property
    def x2(self) -> float:
        """The plot's right edge."""
        return self.width - self.right

    @property
    def y2(self) -> float:
        """The plot's lower edge."""
        return self.height - self.bottom


class Drawing(msgspec.Struct, frozen=True):
    """A finished sheet."""

    frame: Frame
    shapes: tuple[Shape, ...]

    def of_kind(self, kind: str) -> list[Shape]:
        """The shapes of one class, in the order in which they are drawn."""
        return [shape for shape in self.shapes if shape.kind == kind]


def wide(height: float = 250) -> Frame:
    """For screens and paper."""
    return Frame(width=760, height=height, left=52, top=34, right=12, bottom=30)


def close(height: float) -> Frame:
    """For a close-up: as narrow, without a scale at its side."""
    return Frame(width=344, height=height, left=8, top=28, right=12, bottom=30)


def narrow(height: float = 230) -> Frame:
    """For phones: nothing on it shrinks below reading size."""
    return Frame(width=344, height=height, left=40, top=34, right=10, bottom=30)
