"""Where the provider's events come in."""

from __future__ import annotations

import json

import structlog
from django.db import DataError, IntegrityError
from django.http import HttpRequest, JsonResponse
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST

from apps.core.origin import Actor, Door, Origin, build_origin
from apps.processors import gateway
from apps.processors.errors import SignatureInvalid
from apps.processors.operations import store_inbound_event
from apps.processors.selectors import webhook_secrets

log = structlog.get_logger(__name__)


def provider_origin() -> Origin:
    """The provider itself, now."""
    return build_origin(actor=Actor.PROVIDER, actor_label="Stripe", door=Door.WEBHOOK)


@csrf_exempt
@require_POST
def receive_stripe_event(request: HttpRequest) -> JsonResponse:
    """Prove the sender, keep the event, answer at once: 202, or 400 for what is not Stripe's."""
    body = request.body
    try:
        gateway.verify_signature(
            body=body,
            header=request.headers.get("Stripe-Signature", ""),
            secrets=webhook_secrets(),
        )
        # PostgreSQL keeps no NUL, and an event must not be lost to one in a buyer's name.
        payload = json.loads(body.replace(rb"\u0000", rb"\ufffd"))
        is_new = store_inbound_event(payload=payload, origin=provider_origin())
    except SignatureInvalid as error:
        log.warning("webhook_refused", reason=error.detail)
        return JsonResponse({"error": error.code, "detail": error.detail}, status=error.status)
    except (ValueError, KeyError, TypeError, AttributeError, DataError, IntegrityError):
        # The last two: names longer than any of Stripe's, none at all, NaN.
        return JsonResponse({"error": "BadRequest", "detail": "This is no event."}, status=400)
    return JsonResponse({"received": True, "new": is_new}, status=202)
