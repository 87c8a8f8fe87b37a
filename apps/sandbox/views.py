"""The inbox of an organization: it receives webhooks, and shows them. In the sandbox only."""

from __future__ import annotations

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods

from apps.core.clock import system_time
from apps.organizations.models import Organization
from apps.sandbox.inbox import inbox_url, keep_message, messages


@csrf_exempt
@require_http_methods(["GET", "HEAD", "POST"])
def inbox(request: HttpRequest, slug: str) -> HttpResponse:
    """202 for what is delivered; the page for who looks. 404 outside the sandbox."""
    if not settings.SANDBOX:
        raise Http404
    organization = get_object_or_404(Organization, slug=slug, deleted_at=None)
    if request.method == "POST":
        keep_message(
            organization=organization,
            headers={name.lower(): value for name, value in request.headers.items()},
            body=request.body.decode(errors="replace"),
            at=system_time(),
        )
        return HttpResponse(status=202)
    context = {
        "organization": organization,
        "messages_received": messages(organization),
        "address": inbox_url(organization),
    }
    page = render(request, "sandbox/inbox.html", context)
    page["Cache-Control"] = "no-store"
    return page
