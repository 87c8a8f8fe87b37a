"""Where the messages of the provider of alerts come in."""

from __future__ import annotations

import json

import structlog
from django.conf import settings
from django.db import DataError, IntegrityError
from django.http import Http404, HttpRequest, JsonResponse
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST

from apps.core.origin import Actor, Door, build_origin
from apps.disputes.alerts import PROVIDER, event_of, verify_alert_signature
from apps.processors.errors import SignatureInvalid
from apps.processors.operations import store_inbound_event

log = structlog.get_logger(__name__)


@csrf_exempt
@require_POST
def receive_alert(request: HttpRequest) -> JsonResponse:
    """Prove the sender, keep the message, answer at once: 202; 404 where no secret is set."""
    secret = settings.CHARGEBACKSTOP_WEBHOOK_SECRET
    if not secret:
        raise Http404
    origin = build_origin(actor=Actor.PROVIDER, actor_label="ChargebackStop", door=Door.WEBHOOK)
    body = request.body
    header = request.headers.get("Chargebackstop-Signature", "")
    try:
        verify_alert_signature(body=body, header=header, secret=secret, at=origin.at)
        # PostgreSQL keeps no NUL.
        payload = json.loads(body.replace(rb"\u0000", rb"\ufffd"))
        is_new = store_inbound_event(
            payload=event_of(payload, raw=body), source=PROVIDER, origin=origin
        )
    except SignatureInvalid as error:
        log.warning("webhook_refused", reason=error.detail, source=PROVIDER)
        return JsonResponse({"error": error.code, "detail": error.detail}, status=error.status)
    except (ValueError, KeyError, TypeError, AttributeError, DataError, IntegrityError):
        return JsonResponse({"error": "BadRequest", "detail": "This is no alert."}, status=400)
    return JsonResponse({"received": True, "new": is_new}, status=202)
