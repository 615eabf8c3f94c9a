"""A page as a reader meets it: the words of each section, the cells of each table, what it links."""

from dataclasses import dataclass, field
from html.parser import HTMLParser

VOID = {"meta", "img", "br", "link", "input", "hr"}
INLINE = {"span", "a", "b", "strong", "em"}


@dataclass
class Page:
    """
    What a page holds.

    Parameters
    ----------
    sections : words by id of the section
    tables : rows of cells' words by id of the table, the heading row first
    captions : words by id of the table
    paragraphs : words of each p, li, dd, dt and caption, in order
    tags : name and attributes of every element
    """

    sections: dict[str, str] = field(default_factory=dict)
    tables: dict[str, list[list[str]]] = field(default_factory=dict)
    captions: dict[str, str] = field(default_factory=dict)
    paragraphs: list[str] = field(default_factory=list)
    tags: list[tuple[str, dict[str, str]]] = field(default_factory=list)

    def all(self, name: str) -> list[dict[str, str]]:
        """Return the attributes of every element called `name`."""
        return [attributes for tag, attributes in self.tags if tag == name]


class _Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.page, self.open = Page(), []

    def handle_starttag(self, tag, attributes):
        held = {name: value or "" for name, value in attributes}
        self.page.tags.append((tag, held))
        if tag not in VOID:
            self.open.append((tag, held, []))
        if tag == "table":
            self.page.tables[held["id"]] = []
        if tag == "tr":
            self._table().append([])

    def handle_data(self, data):
        if not any(tag in ("script", "style") for tag, *_ in self.open):
            for _, _, words in self.open:
                words.append(data)

    def handle_endtag(self, tag):
        name, held, words = self.open.pop()
        assert name == tag, f"<{name}> is closed by </{tag}>"
        text = " ".join("".join(words).split())
        if tag in ("td", "th"):
            self._table()[-1].append(text)
        if tag == "caption":
            self.page.captions[next(reversed(self.page.tables))] = text
        if tag == "section":
            self.page.sections[held["id"]] = text
        if tag in ("p", "li", "dd", "dt", "caption"):
            self.page.paragraphs.append(text)
        if tag not in INLINE:
            self.handle_data(" ")

    def _table(self):
        return self.page.tables[next(reversed(self.page.tables))]


def read_page(html: str) -> Page:
    """Return what `html` holds; elements that are not closed in order fail."""
    reader = _Reader()
    reader.feed(html)
    reader.close()
    assert not reader.open, f"never closed: {[tag for tag, *_ in reader.open]}"
    return reader.page
