"""A page as a strict reader sees it: its elements, its texts, and whether every element was closed."""

from html.parser import HTMLParser

VOID = {"meta", "link", "br", "img"}
UNSEEN = {"style"}


class Reading(HTMLParser):
    """Everything on a page."""

    def __init__(self, page: str) -> None:
        super().__init__(convert_charrefs=True)
        self.elements: list[tuple[str, dict[str, str | None]]] = []
        self.texts: list[str] = []
        self.codes: list[str] = []
        self._open: list[str] = []
        self.feed(page)
        self.close()
        assert self._open == []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, dict(attrs)))
        assert len(dict(attrs)) == len(attrs), f"an attribute of <{tag}> stands twice"
        if tag not in VOID:
            self._open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, dict(attrs)))

    def handle_endtag(self, tag: str) -> None:
        assert self._open[-1:] == [tag], f"</{tag}> closes {self._open[-1:]}"
        self._open.pop()

    def handle_data(self, data: str) -> None:
        if not data.strip() or (self._open and self._open[-1] in UNSEEN):
            return
        (self.codes if "code" in self._open else self.texts).append(data.strip())

    def tags(self) -> set[str]:
        """The kinds of elements."""
        return {tag for tag, _ in self.elements}

    def all_of(self, attribute: str) -> list[str]:
        """The values of an attribute, in order."""
        return [
            value or ""
            for _, attributes in self.elements
            for name, value in attributes.items()
            if name == attribute
        ]

    def text(self) -> str:
        """All texts outside of code, with what holds values together left out."""
        joined = "\n".join([*self.texts, *self.all_of("aria-label")])
        return "".join(letter for letter in joined if letter not in "\u2066\u2067\u2069")
