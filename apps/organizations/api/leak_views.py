"""Where GitHub tells of secrets that it found in public repositories."""

from __future__ import annotations

import base64
import binascii
import json
from typing import Annotated, Any, Final, TypedDict

import urllib3
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ec import ECDSA, EllipticCurvePublicKey
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import load_pem_public_key
from django.conf import settings
from django.core.cache import cache
from rest_framework import serializers
from rest_framework.request import Request

from apps.api.inputs import TextField, read_input
from apps.api.schema import documented
from apps.api.shapes import OneOf
from apps.api.views import ApiView
from apps.core.errors import ResourceNotFound, SchemaInvalid, Unauthorized, Unavailable
from apps.core.origin import Actor, Door, build_origin
from apps.organizations.leaks import revoke_found

MOST: Final = 1000
_KEPT_SECONDS: Final = 600
_TIMEOUT: Final = urllib3.Timeout(5)


class FoundInput(serializers.Serializer[Any]):
    """A secret, what it seems to be, and where it was."""

    token = TextField(max_length=500)
    type = TextField(max_length=100)
    url = TextField(max_length=2000, required=False, allow_null=True)
    source = TextField(  # type: ignore[assignment]
        max_length=100, required=False, allow_null=True
    )


class VerdictBody(TypedDict):
    """Whether a secret is ours."""

    token_raw: str
    token_type: str
    label: Annotated[str, OneOf(("true_positive", "false_positive"))]


class SecretScanningView(ApiView):
    """Secrets found in public. Whoever tells of them signs with a key that GitHub publishes."""

    is_public = True

    @documented(
        "Report leaked secrets",
        operation_id="integrations:github:secret_scanning",
        body=FoundInput(many=True),
        answer=list[VerdictBody],
        errors=(404,),
    )
    def post(self, request: Request) -> Any:
        """Which of them are ours; those are worth nothing from now on."""
        if not settings.SECRET_SCANNING_KEYS_URL:
            raise ResourceNotFound
        _require_signature(request)
        found = self.body()
        if not isinstance(found, list) or len(found) > MOST:
            raise SchemaInvalid.at(
                "body", msg=f"Input should be a list of at most {MOST}", kind="list_type"
            )
        origin = build_origin(actor=Actor.SYSTEM, door=Door.API, actor_label="Secret scanning")
        answers = []
        for one in [read_input(FoundInput, item) for item in found]:
            is_ours = revoke_found(
                one["type"],
                one["token"],
                kind=one.get("source") or "",
                url=one.get("url") or "",
                origin=origin,
            )
            answers.append(
                {
                    "token_raw": one["token"],
                    "token_type": one["type"],
                    "label": "true_positive" if is_ours else "false_positive",
                }
            )
        return answers


def _require_signature(request: Request) -> None:
    """:raises Unauthorized: unless the body is signed with the key that the request names."""
    headers = request.headers
    pem = _published_keys().get(headers.get("Github-Public-Key-Identifier", ""), "")
    try:
        key = load_pem_public_key(pem.encode())
        signature = base64.b64decode(headers.get("Github-Public-Key-Signature", ""), validate=True)
        if not isinstance(key, EllipticCurvePublicKey):
            raise Unauthorized
        key.verify(signature, request._request.body, ECDSA(SHA256()))
    except (ValueError, binascii.Error, InvalidSignature) as error:
        raise Unauthorized from error


def _published_keys() -> dict[str, str]:
    """
    The keys by their identifiers, asked for every ten minutes.

    :raises Unavailable: if they cannot be had.
    """
    kept: dict[str, str] | None = cache.get("secret-scanning-keys")
    if kept is not None:
        return kept
    try:
        answer = urllib3.request(
            "GET", settings.SECRET_SCANNING_KEYS_URL, timeout=_TIMEOUT, retries=False
        )
        keys = json.loads(answer.data)["public_keys"]
        found = {str(one["key_identifier"]): str(one["key"]) for one in keys}
    except (urllib3.exceptions.HTTPError, ValueError, KeyError, TypeError) as error:
        raise Unavailable("The keys of the scanner cannot be had.") from error
    cache.set("secret-scanning-keys", found, _KEPT_SECONDS)
    return found
