"""`/healthz`: can the system, and can this process, do its work."""

from __future__ import annotations

import orjson
from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_safe

from apps.core.clock import system_time
from apps.core.health import health_lines

_HEADERS = {"Cache-Control": "no-store"}


@require_safe
def healthz(request: HttpRequest) -> HttpResponse:
    """200 when every check is well, else 503; a line for each check, `ok` or what is wrong."""
    return _answer(only_essential=False)


@require_safe
def ready(request: HttpRequest) -> HttpResponse:
    """The same for what this process needs to answer requests, for whoever balances load."""
    return _answer(only_essential=True)


@require_safe
def live(request: HttpRequest) -> HttpResponse:
    """200: this process answers. Asks nobody else."""
    return _lines({"status": "ok"}, 200)


def _answer(*, only_essential: bool) -> HttpResponse:
    lines = health_lines(system_time(), only_essential=only_essential)
    is_well = all(line.finding.is_well for line in lines)
    body = {"status": "ok" if is_well else "unavailable"}
    for line in lines:
        body[line.check.name] = (
            "ok" if line.finding.is_well else f"unavailable: {line.finding.text}"
        )
    return _lines(body, 200 if is_well else 503)


def _lines(body: dict[str, str], status: int) -> HttpResponse:
    answer = HttpResponse(
        orjson.dumps(body, option=orjson.OPT_INDENT_2 | orjson.OPT_APPEND_NEWLINE),
        status=status,
        headers=_HEADERS,
        content_type="application/json",
    )
    # Whoever asks every few seconds knows; Django would write each 503 into the log as an error.
    answer._has_been_logged = True  # type: ignore[attr-defined]
    return answer
