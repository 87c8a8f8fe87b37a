"""
`Idempotency-Key`: a write is done once, however often it is sent.

The answer is kept in the database, in the transaction of the write, so there is never one
without the other. Refusals are not kept: nothing was changed, and the same request may pass later.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from uuid import UUID

from django.db import connection, transaction
from django.http import HttpRequest, HttpResponse

from apps.api.errors import IdempotencyConflict
from apps.api.models import IdempotentReply
from apps.api.versions import version_of
from apps.core.clock import system_time
from apps.core.errors import SchemaInvalid

HEADER = "Idempotency-Key"
MAX_LENGTH = 255


def key_of(request: HttpRequest) -> str | None:
    """
    The key the request carries, if any.

    :raises SchemaInvalid: if it is empty or longer than 255 characters.
    """
    key = request.headers.get(HEADER)
    if key is not None and not 1 <= len(key) <= MAX_LENGTH:
        raise SchemaInvalid.at(
            "header", HEADER, msg=f"The key must have 1 to {MAX_LENGTH} characters.", value=key
        )
    return key


def answer_once(
    request: HttpRequest,
    *,
    organization_id: UUID,
    key: str,
    write: Callable[[], HttpResponse],
    is_atomic: bool,
) -> HttpResponse:
    """
    The answer of `write`, or the one it gave before under the same key.

    With `is_atomic` the write and its answer are one transaction. Without it (`write` commits in
    steps of its own) the answer follows the write, and a crash in between lets the operation
    itself recognise the repetition.

    :raises IdempotencyConflict: if the key came with another request, or is in flight.
    """
    fingerprint = fingerprint_of(request)
    if is_atomic:
        with transaction.atomic(), _held(organization_id, key, is_atomic=True):
            return _stored(organization_id, key, fingerprint) or _kept(
                write(), organization_id, key, fingerprint
            )
    with _held(organization_id, key, is_atomic=False):
        return _stored(organization_id, key, fingerprint) or _kept(
            write(), organization_id, key, fingerprint
        )


def fingerprint_of(request: HttpRequest) -> str:
    """What makes two requests the same."""
    digest = hashlib.sha256()
    for part in (request.method or "", request.get_full_path(), version_of(request)):
        digest.update(part.encode() + b"\x00")
    digest.update(request.body)
    return digest.hexdigest()


@contextmanager
def _held(organization_id: UUID, key: str, *, is_atomic: bool) -> Iterator[None]:
    """An advisory lock on the key: a second request is told at once instead of waiting."""
    digest = hashlib.sha256(organization_id.bytes + key.encode()).digest()
    number = int.from_bytes(digest[:8], "big", signed=True)
    function = "pg_try_advisory_xact_lock" if is_atomic else "pg_try_advisory_lock"
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {function}(%s)", [number])
        if not cursor.fetchone()[0]:
            raise IdempotencyConflict("A request with this idempotency key is in flight.")
    try:
        yield
    finally:
        if not is_atomic:
            with connection.cursor() as cursor:
                cursor.execute("SELECT pg_advisory_unlock(%s)", [number])


def _stored(organization_id: UUID, key: str, fingerprint: str) -> HttpResponse | None:
    reply = IdempotentReply.objects.filter(organization_id=organization_id, key=key).first()
    if reply is None:
        return None
    if reply.fingerprint != fingerprint:
        raise IdempotencyConflict()
    return HttpResponse(
        bytes(reply.body),
        status=reply.status_code,
        content_type=reply.content_type or None,
        headers={"Idempotent-Replayed": "true"},
    )


def _kept(
    response: HttpResponse, organization_id: UUID, key: str, fingerprint: str
) -> HttpResponse:
    if response.status_code < 400:
        IdempotentReply.objects.create(
            organization_id=organization_id,
            key=key,
            fingerprint=fingerprint,
            status_code=response.status_code,
            content_type=response.headers.get("Content-Type", ""),
            body=response.content,
            created_at=system_time(),
        )
    return response
