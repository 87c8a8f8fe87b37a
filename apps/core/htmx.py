"""One URL, one template: when only the named partial is wanted."""

from django.http import HttpRequest


def is_partial(request: HttpRequest) -> bool:
    """Whether this is an HTMX request for a region, not a boosted visit of a whole page."""
    htmx = getattr(request, "htmx", None)
    return htmx is not None and bool(htmx) and not htmx.boosted
