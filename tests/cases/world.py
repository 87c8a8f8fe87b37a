"""The state that scenarios start from, built through our own operations."""

import json
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from django.test import Client

from apps.core.ids import new_id
from apps.core.origin import Actor, Door, Origin
from apps.customers.inputs import CustomerInput
from apps.customers.models import Customer
from apps.customers.operations import create_customer
from apps.organizations.models import Organization
from apps.organizations.operations import create_organization, issue_access_token
from apps.organizations.scopes import ALL_SCOPES

NOW = datetime(2026, 6, 15, 12, tzinfo=UTC)


def origin_at(at: datetime = NOW) -> Origin:
    """An origin of nobody in particular."""
    return Origin(actor=Actor.SYSTEM, door=Door.TASK, at=at)


def make_organization(slug: str | None = None, **settings: Any) -> Organization:
    """A new organization that has done nothing yet."""
    return create_organization(
        name="Acme", slug=slug or f"acme-{new_id().hex}", origin=origin_at(), **settings
    )


def make_customer(organization: Organization, **facts: Any) -> Customer:
    """A customer with an address of their own, unless told otherwise."""
    data = CustomerInput(**({"email": f"{new_id().hex}@example.com"} | facts))
    return create_customer(organization=organization, data=data, origin=origin_at())


@dataclass(frozen=True, slots=True)
class Answer:
    """What the merchant API said."""

    status: int
    body: Any

    def refusal(self) -> dict[str, Any]:
        """Error, status and place of the first problem, under the names of the tables."""
        facts: dict[str, Any] = {"status_code": self.status}
        if self.status >= 400:
            detail = self.body.get("detail")
            facts |= {"error": self.body.get("error"), "detail_is_list": isinstance(detail, list)}
            if isinstance(detail, list):
                facts["loc"] = detail[0]["loc"]
        return facts


class Merchant:
    """A caller of the merchant API; without an organization it has no credential."""

    def __init__(self, organization: Organization | None) -> None:
        self._client = Client(raise_request_exception=False)
        self._headers: dict[str, str] = {}
        if organization is not None:
            _, token = issue_access_token(
                organization_id=organization.pk,
                comment="scenario",
                scopes=ALL_SCOPES,
                origin=origin_at(),
            )
            self._headers["Authorization"] = f"Bearer {token}"

    def call(self, method: str, path: str, body: Any = None) -> Answer:
        """Send one request under `/v1`, with a JSON body where there is one."""
        return self.send(method, path, b"" if body is None else json.dumps(body).encode())

    def send(self, method: str, path: str, content: bytes) -> Answer:
        """Send one request under `/v1` with this body, whatever it is."""
        response = self._client.generic(
            method,
            f"/v1/{path}",
            data=content,
            content_type="application/json",
            headers=self._headers,
        )
        text = response.content
        return Answer(response.status_code, json.loads(text) if text else None)
