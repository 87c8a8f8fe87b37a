"""Every route of the merchant API, as the URL configuration has it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from django.urls import URLPattern, URLResolver, get_resolver

from apps.api.views import ApiView


@dataclass(frozen=True, slots=True)
class Route:
    """A path with `{names}` and the view that answers it."""

    path: str
    view: type[ApiView]

    @property
    def resource(self) -> str:
        """What the path is about: its first word, after that of the customers' own API, or two."""
        words = self.path.removeprefix("/v1/").removeprefix("customer-portal/").split("/")
        return "/".join(words[:2]) if words[0] == "webhooks" else words[0]

    @property
    def is_portal(self) -> bool:
        """Whether it takes a customer's session in place of a merchant's token."""
        return getattr(self.view, "is_portal", False)

    @property
    def methods(self) -> list[str]:
        """The methods it answers."""
        return [
            name.upper()
            for name in ("get", "post", "put", "patch", "delete")
            if hasattr(self.view, name)
        ]


def api_routes() -> list[Route]:
    """All routes under `/v1`."""
    return list(_walk(get_resolver().url_patterns, ""))


def _walk(patterns: list[URLPattern | URLResolver], prefix: str) -> Iterator[Route]:
    for pattern in patterns:
        path = prefix + str(pattern.pattern)
        if isinstance(pattern, URLResolver):
            if path.startswith("v1/") or not path:
                yield from _walk(pattern.url_patterns, path)
        elif path.startswith("v1/"):
            view = pattern.callback.view_class  # type: ignore[attr-defined]
            yield Route("/" + re.sub(r"<\w+:(\w+)>", r"{\1}", path), view)
