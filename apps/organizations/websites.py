"""What a page says of a merchant's terms, privacy and refunds: its links, parsed. Pure."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from html.parser import HTMLParser
from typing import Final
from urllib.parse import urljoin, urlsplit

# What is looked for in the words and addresses of links, in this order.
SUBJECTS: Final[dict[str, tuple[str, re.Pattern[str]]]] = {
    "terms": (
        "terms",
        re.compile(r"\bterms\b|\btos\b|conditions|\bagb\b|nutzungsbedingungen|\bcgv\b|eula", re.I),
    ),
    "privacy": (
        "privacy policy",
        re.compile(r"privacy|datenschutz|confidentialit|privacidad", re.I),
    ),
    "refunds": (
        "refund policy",
        re.compile(r"refund|returns?\b|money.?back|widerruf|erstattung|remboursement", re.I),
    ),
}
MOST_LINKS: Final = 2000


@dataclass(slots=True)
class Sight:
    """The title of a page, and the address of what it links to by subject."""

    title: str = ""
    links: dict[str, str] = field(default_factory=dict)

    @property
    def missing(self) -> list[str]:
        """The subjects that nothing was found about, in words."""
        return [words for name, (words, _) in SUBJECTS.items() if name not in self.links]


def read_links(text: str, *, base: str) -> Sight:
    """What a page of HTML, broken or not, links to; addresses are made whole from `base`."""
    reader = _Reader()
    reader.feed(text)
    reader.close()
    sight = Sight(title=" ".join(reader.title.split())[:200])
    for href, words in reader.links:
        address = urljoin(base, href)
        if urlsplit(address).scheme not in ("http", "https"):
            continue
        said = f"{words} {urlsplit(address).path}"
        for name, (_, pattern) in SUBJECTS.items():
            if name not in sight.links and pattern.search(said):
                sight.links[name] = address[:1000]
    return sight


class _Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.title = ""
        self.links: list[tuple[str, str]] = []
        self._is_title = False
        self._is_link = False

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag == "title":
            self._is_title = True
        elif tag == "a" and len(self.links) < MOST_LINKS:
            href = dict(attrs).get("href")
            self._is_link = bool(href)
            if href:
                self.links.append((href.strip()[:2000], ""))

    def handle_endtag(self, tag: str) -> None:
        if tag == "title":
            self._is_title = False
        elif tag == "a":
            self._is_link = False

    def handle_data(self, data: str) -> None:
        if self._is_title and len(self.title) < MOST_LINKS:
            self.title += data
        elif self._is_link and self.links:
            href, words = self.links[-1]
            self.links[-1] = (href, (words + data)[:300])
