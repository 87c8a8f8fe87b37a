"""Which guides there are, in the order they are read, and their texts."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise
from typing import Any, Final

from django.conf import settings
from django.urls import reverse
from django.utils.html import escape, format_html
from django.utils.safestring import SafeString, mark_safe
from django.utils.text import slugify
from markdown_it import MarkdownIt
from markdown_it.token import Token

from config.env import ROOT

FOLDER: Final = ROOT / "docs" / "merchants"
# What the guides say for the address of a system; a reader sees the one they are reading on.
PRINTED: Final = "http://127.0.0.1:8000"
GROUPS: Final[tuple[tuple[str, tuple[str, ...]], ...]] = (
    ("Start", ("quickstart",)),
    (
        "Guides",
        ("sell", "subscriptions", "webhooks", "licence-keys", "customer-portal", "test-clock"),
    ),
    ("The API", ("conventions",)),
)
NAMES: Final = tuple(name for _, names in GROUPS for name in names)
_LINK: Final = re.compile(r"([a-z-]+)\.md(#.*)?")
_CODE: Final = (
    '<figure class="code"><figcaption>{}</figcaption>'
    '<pre tabindex="0"><code>{}</code></pre></figure>'
)
_NAMES_OF_LANGUAGES: Final = {"bash": "Shell", "js": "JavaScript", "json": "JSON"}


@dataclass(frozen=True, slots=True)
class Guide:
    """One page: its title, its text as HTML, and its sections as (id, title)."""

    name: str
    title: str
    body: SafeString
    sections: tuple[tuple[str, str], ...]


def guide(name: str) -> Guide:
    """
    The guide of that name, with the addresses of this system in it.

    :raises KeyError: if there is none.
    """
    if name not in NAMES:
        raise KeyError(name)
    return _rendered(name, settings.BASE_URL)


@lru_cache(maxsize=len(NAMES))
def _rendered(name: str, base_url: str) -> Guide:
    text = (FOLDER / f"{name}.md").read_text().replace(PRINTED, base_url)
    markdown = MarkdownIt("commonmark").enable("table")
    tokens = markdown.parse(text)
    title, sections = "", []
    for token, content in pairwise(tokens):
        if token.type == "heading_open":
            id = slugify(content.content)
            token.attrSet("id", id)
            if token.tag == "h1":
                title = content.content
            elif token.tag == "h2":
                sections.append((id, content.content.replace("`", "")))
        for child in content.children or ():
            _lead_on(child)
    markdown.add_render_rule("fence", _code)
    markdown.add_render_rule("table_open", lambda *_: '<div class="wide" tabindex="0"><table>')
    markdown.add_render_rule("table_close", lambda *_: "</table></div>")
    body = markdown.renderer.render(tokens, markdown.options, {})
    return Guide(name, title, mark_safe(body), tuple(sections))  # noqa: S308 - files of ours


def _lead_on(token: Token) -> None:
    """A link to another file of the folder, as one to its page."""
    found = _LINK.fullmatch(str(token.attrGet("href") or ""))
    if token.type == "link_open" and found and found[1] in NAMES:
        token.attrSet("href", reverse("guide", args=[found[1]]) + (found[2] or ""))


def _code(self: Any, tokens: list[Token], index: int, options: Any, env: Any) -> str:
    token = tokens[index]
    language, *_ = [*token.info.split(), "text"]
    title = _NAMES_OF_LANGUAGES.get(language, language.title())
    return format_html(_CODE, title, mark_safe(escape(token.content)))  # noqa: S308
