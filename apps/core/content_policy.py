"""Headers that tell browsers what a page of ours may load and do."""

from __future__ import annotations

import base64
import hashlib
import html
import re
from collections.abc import Callable, Mapping, Sequence
from functools import lru_cache
from typing import Final
from urllib.parse import urlsplit

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase

# The one style that Unfold writes into its pages: the colours of the settings.
_COLORS: Final = re.compile(rb'<style id="unfold-theme-colors">(.*?)</style>', re.DOTALL)
# A mail that is shown as it was sent, in a frame that takes over the policy of its page.
_MAIL: Final = re.compile(
    rb'<iframe class="bo-mail"[^>]* srcdoc="[^"]*?&lt;style&gt;([^"]*?)&lt;/style&gt;'
)
# Stands in the settings for the origin of Stripe.js.
_STRIPE: Final = "{stripe}"
# Pictures that are documents: nothing in them runs.
_INERT: Final = "default-src 'none'; style-src 'unsafe-inline'; sandbox"


class ContentPolicyMiddleware:
    """
    Adds `Content-Security-Policy` to every page, by its address, and `Permissions-Policy`.

    Styles in a page are refused but for the one of the colours, and that of a mail in its frame,
    which are named by their digests.
    What a view says itself stays.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        """The response with its headers."""
        response = self.get_response(request)
        kind = response.headers.get("Content-Type", "")
        if kind.startswith("image/svg"):
            response.headers.setdefault("Content-Security-Policy", _INERT)
        elif kind.startswith("text/html"):
            response.headers.setdefault("Content-Security-Policy", _policy(request, response))
            permissions = settings.PERMISSIONS_POLICY.replace(_STRIPE, _stripe_origin())
            response.headers.setdefault("Permissions-Policy", permissions)
        return response


def _policy(request: HttpRequest, response: HttpResponseBase) -> str:
    for prefix, directives in settings.CONTENT_POLICIES:
        if request.path_info.startswith(prefix):
            return _written(directives, _digests(response))
    return _INERT


def _digests(response: HttpResponseBase) -> tuple[str, ...]:
    if not isinstance(response, HttpResponse):
        return ()
    colors, mail = _COLORS.search(response.content), _MAIL.search(response.content)
    styles = [colors[1]] if colors else []
    if mail:
        styles.append(html.unescape(mail[1].decode()).encode())
    return tuple(_digest(style) for style in styles)


@lru_cache(maxsize=16)
def _digest(style: bytes) -> str:
    digest = base64.b64encode(hashlib.sha256(style).digest()).decode()
    return f"'sha256-{digest}'"


def _written(directives: Mapping[str, Sequence[str]], styles: tuple[str, ...]) -> str:
    more = {"style-src": styles}
    written = "; ".join(
        f"{name} {' '.join([*sources, *more.get(name, ())])}"
        for name, sources in directives.items()
    )
    return written.replace(_STRIPE, _stripe_origin())


def _stripe_origin() -> str:
    parts = urlsplit(settings.STRIPE_JS_URL)
    return f"{parts.scheme}://{parts.netloc}"
