"""XML elements by lxml, which writes them: nothing here puts text between tags by itself."""

from typing import Any

from lxml import etree  # type: ignore[import-untyped]

Element = Any
"""An element of lxml, which has no types."""

LANGUAGE = "{http://www.w3.org/XML/1998/namespace}lang"


def root(space: str, name: str) -> Element:
    """The outermost element, in a namespace without a prefix."""
    return etree.Element(f"{{{space}}}{name}", nsmap={None: space})


def below(parent: Element, name: str, said: str | None = None, **attributes: str) -> Element:
    """A new last element in the namespace of its parent."""
    child = etree.SubElement(parent, f"{{{etree.QName(parent).namespace}}}{name}", attributes)
    child.text = said
    return child


def written(element: Element) -> bytes:
    """The document."""
    return bytes(etree.tostring(element, xml_declaration=True, encoding="utf-8", pretty_print=True))
