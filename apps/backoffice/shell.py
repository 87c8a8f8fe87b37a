"""The frame around every page."""

from __future__ import annotations

from django.http import HttpRequest


def environment_label(request: HttpRequest) -> list[str]:
    """What the header says about this installation: text and colour."""
    return ["Sandbox", "warning"]
