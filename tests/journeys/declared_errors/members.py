"""Members of customers, for their merchant and for the team itself."""

from __future__ import annotations

from functools import partial
from typing import Any
from uuid import uuid4

from apps.customers.models import Customer
from apps.customers.selectors import owner_of
from tests.journeys.declared_errors.scene import (
    NUL,
    Call,
    Cannot,
    Provocation,
    Rows,
    Scene,
    cannot,
)
from tests.journeys.declared_errors.seats import as_plain_member, as_stranger
from tests.support.merchants import make_customer_token
from tests.support.subscribers import make_subscriber

Entries = dict[str, Provocation | Cannot]
ONE_CUSTOMER = cannot("an external id is one living customer's")
NEW = {"email": "ann@example.com"}


def make_team(scene: Scene, **facts: Any) -> Customer:
    """A team of the merchant."""
    return make_subscriber(
        scene.merchant.organization, **{"type": "team", "external_id": f"team-{uuid4()}", **facts}
    )


def person(scene: Scene) -> Customer:
    """A customer who is no team."""
    return make_team(scene, type="individual")


def own(provoke: Provocation) -> Provocation:
    """The same, asked by the owner of a team."""
    return lambda call, scene: provoke(
        partial(call, request_access_token=make_customer_token(make_team(scene))), scene
    )


def as_member(*, is_of_one: bool, **body: Any) -> Provocation:
    """A plain member asks, about the owner if about anybody."""

    def provoke(call: Call, scene: Scene) -> Any:
        team = make_team(scene)
        path = [str(owner_of(team).pk)] if is_of_one else []  # type: ignore[union-attr]
        return call(*path, **body, request_access_token=as_plain_member(team))

    return provoke


def themselves(**body: Any) -> Provocation:
    """The owner names themselves."""

    def provoke(call: Call, scene: Scene) -> Any:
        team = make_team(scene)
        path = str(owner_of(team).pk)  # type: ignore[union-attr]
        return call(path, **body, request_access_token=make_customer_token(team))

    return provoke


def unknown(**body: Any) -> Provocation:
    """Somebody who is not there."""
    return lambda call, scene: call(str(uuid4()), **body)


def none(**body: Any) -> Provocation:
    """Something that is no id."""
    return lambda call, scene: call("no-id", **body)


def of(*, is_external: bool, **body: Any) -> Entries:
    """What is refused about one member of a customer."""

    def path(scene: Scene) -> str:
        team = make_team(scene)
        return str(team.external_id if is_external else team.pk)

    return {
        "ResourceNotFound": lambda call, scene: call(path(scene), str(uuid4()), **body),
        "HTTPValidationError": (
            (lambda call, scene: call(path(scene), f"x{NUL}", **body))
            if is_external
            else (lambda call, scene: call(path(scene), "no-id", **body))
        ),
        **({"AmbiguousExternalCustomerID": ONE_CUSTOMER} if is_external else {}),
    }


ROWS: Rows = {
    "customers.members.list": {
        "ResourceNotFound": unknown(),
        "HTTPValidationError": none(),
    },
    "customers.members.create": {
        "NotPermitted": lambda call, scene: call(str(person(scene).pk), **NEW),
        "ResourceNotFound": unknown(**NEW),
        "HTTPValidationError": none(**NEW),
    },
    "customers.members.list_external": {
        "ResourceNotFound": unknown(),
        "AmbiguousExternalCustomerID": ONE_CUSTOMER,
        "HTTPValidationError": lambda call, scene: call(f"x{NUL}"),
    },
    "customers.members.create_external": {
        "NotPermitted": lambda call, scene: call(str(person(scene).external_id), **NEW),
        "ResourceNotFound": unknown(**NEW),
        "AmbiguousExternalCustomerID": ONE_CUSTOMER,
        "HTTPValidationError": lambda call, scene: call(f"x{NUL}", **NEW),
    },
    "customers.members.get": of(is_external=False),
    "customers.members.update": of(is_external=False, name="Ann"),
    "customers.members.delete": of(is_external=False),
    "customers.members.get_external": of(is_external=True),
    "customers.members.update_external": of(is_external=True, name="Ann"),
    "customers.members.delete_external": of(is_external=True),
    "customer_portal.members.list_members": {
        "CustomerPortalMembersListMembers401Error": as_stranger(lambda call, scene: call()),
        "CustomerPortalMembersListMembers403Error": as_member(is_of_one=False),
        "HTTPValidationError": own(lambda call, scene: call(page=0)),
    },
    "customer_portal.members.add_member": {
        "CustomerPortalMembersAddMember400Error": own(
            lambda call, scene: call(**NEW, role="owner")
        ),
        "CustomerPortalMembersAddMember401Error": as_stranger(lambda call, scene: call(**NEW)),
        "CustomerPortalMembersAddMember403Error": as_member(is_of_one=False, **NEW),
        "HTTPValidationError": own(lambda call, scene: call(email="x")),
    },
    "customer_portal.members.update_member": {
        "CustomerPortalMembersUpdateMember400Error": themselves(role="member"),
        "CustomerPortalMembersUpdateMember401Error": as_stranger(unknown(name="Ann")),
        "CustomerPortalMembersUpdateMember403Error": as_member(is_of_one=True, name="Ann"),
        "CustomerPortalMembersUpdateMember404Error": own(unknown(name="Ann")),
        "HTTPValidationError": own(none(name="Ann")),
    },
    "customer_portal.members.remove_member": {
        "CustomerPortalMembersRemoveMember400Error": themselves(),
        "CustomerPortalMembersRemoveMember401Error": as_stranger(unknown()),
        "CustomerPortalMembersRemoveMember403Error": as_member(is_of_one=True),
        "CustomerPortalMembersRemoveMember404Error": own(unknown()),
        "HTTPValidationError": own(none()),
    },
}
