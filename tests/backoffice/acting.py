"""Submitting the dialogs of verbs, and looking for the event that must follow."""

from __future__ import annotations

import re
from typing import Any

from django.http import HttpResponse
from django.test import Client
from django.urls import reverse

from apps.events.models import Event

REASON = "Asked by phone"


def act(client: Client, name: str, /, *keys: object, **data: Any) -> HttpResponse:
    """Submit a verb's dialog."""
    form = {"_form_submitted": "on", "reason": REASON, **data}
    return client.post(  # type: ignore[return-value]
        reverse(f"admin:{name}", args=keys), form, HTTP_HX_REQUEST="true"
    )


def fingerprint_in(response: HttpResponse) -> str:
    """The fingerprint of the plan that a dialog shows; empty if it shows none."""
    found = re.search(r'name="_agreed" value="([0-9a-f]+)"', response.content.decode())
    return found[1] if found else ""


def agree(client: Client, name: str, /, *keys: object, **data: Any) -> HttpResponse:
    """Fill in a planned verb's dialog and agree to the plan it answers with."""
    shown = act(client, name, *keys, **data)
    assert "HX-Redirect" not in shown, "It was done without showing a plan."
    return act(client, name, *keys, **data, _agreed=fingerprint_in(shown))


def happened(event_type: str, email: str) -> Event:
    """The one event of a type, with who and why checked."""
    event = Event.objects.get(type=event_type)
    assert (event.actor, event.door) == ("staff", "backoffice")
    assert (event.actor_label, event.reason) == (email, REASON)
    return event
