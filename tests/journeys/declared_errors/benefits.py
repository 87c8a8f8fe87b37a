"""Benefits, grants and files, for their merchant and for their customer."""

from __future__ import annotations

from functools import partial
from typing import Any
from uuid import uuid4

from apps.benefits.models import Benefit
from tests.journeys.declared_errors.scene import (
    OF_LIST,
    OF_ONE,
    Call,
    Cannot,
    Provocation,
    Rows,
    Scene,
    no_id,
    page_zero,
    unknown_id,
)
from tests.support.grants import make_benefit
from tests.support.license_keys import make_buyer
from tests.support.merchants import make_customer_token

NOTE = {"type": "custom", "description": "A note", "properties": {"note": "Hello"}}
FILE: dict[str, Any] = {
    "service": "downloadable",
    "name": "a.txt",
    "mime_type": "text/plain",
    "size": 3,
    "upload": {"parts": [{"number": 1, "chunk_start": 0, "chunk_end": 3}]},
}
DONE: dict[str, Any] = {"id": "x", "path": "x", "parts": [{"number": 1, "checksum_etag": "x"}]}
ONE_ORGANIZATION = Cannot("what is another organization's is not found")


def fixed(scene: Scene) -> str:
    """A benefit that cannot be deleted."""
    benefit = make_benefit(scene.merchant.organization, "custom", note="x")
    Benefit.objects.filter(pk=benefit.pk).update(is_deletable=False)
    return str(benefit.pk)


def by_customer(provoke: Provocation) -> Provocation:
    """The same, provoked by a customer."""

    def provoked(call: Call, scene: Scene) -> Any:
        token = make_customer_token(make_buyer(scene.merchant.organization))
        return provoke(partial(call, request_access_token=token), scene)

    return provoked


def with_values(values: dict[str, Any]) -> dict[str, Provocation | Cannot]:
    """What a path of one id refuses, sent with a body."""
    return {
        "ResourceNotFound": lambda call, scene: call(str(uuid4()), **values),
        "HTTPValidationError": lambda call, scene: call("no-id", **values),
    }


ROWS: Rows = {
    "benefits.list": OF_LIST,
    "benefits.create": {
        "HTTPValidationError": lambda call, scene: call(**{**NOTE, "description": "x"})
    },
    "benefits.get": OF_ONE,
    "benefits.update": with_values({"type": "custom"}),
    "benefits.delete": {**OF_ONE, "NotPermitted": lambda call, scene: call(fixed(scene))},
    "benefits.grants": OF_ONE,
    "benefits.files": OF_ONE,
    "benefit_grants.list": OF_LIST,
    "files.list": OF_LIST,
    "files.create": {"HTTPValidationError": lambda call, scene: call(**{**FILE, "size": 4})},
    "files.uploaded": {**with_values(DONE), "NotPermitted": ONE_ORGANIZATION},
    "files.update": {**OF_ONE, "NotPermitted": ONE_ORGANIZATION},
    "files.delete": {**OF_ONE, "NotPermitted": ONE_ORGANIZATION},
    "customer_portal.benefit_grants.list": {"HTTPValidationError": by_customer(page_zero)},
    "customer_portal.benefit_grants.get": {
        "ResourceNotFound": by_customer(unknown_id),
        "HTTPValidationError": by_customer(no_id),
    },
    "customer_portal.benefit_grants.update": {
        "ResourceNotFound": by_customer(
            lambda call, scene: call(str(uuid4()), benefit_type="custom")
        ),
        "HTTPValidationError": by_customer(
            lambda call, scene: call("no-id", benefit_type="custom")
        ),
        "NotPermitted": ONE_ORGANIZATION,
    },
    "customer_portal.downloadables.list": {"HTTPValidationError": by_customer(page_zero)},
}
