"""What the state of a customer shows, over the merchant API, and what announces its changes."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from uuid import UUID

from apps.core.ids import new_id
from apps.customers.models import Customer
from apps.customers.operations import announce_state, delete_customer, update_customer
from apps.customers.quiet import QUIET
from apps.organizations.models import Organization
from apps.webhooks.models import WebhookEvent
from apps.webhooks.operations import EndpointInput, create_endpoint
from apps.webhooks.registry import EVENT_TYPES
from tests.cases.adapters.benefits import Scene
from tests.cases.registry import Facts, NotYet, adapter
from tests.cases.subscribing import make_row
from tests.cases.world import NOW, Merchant, make_customer, make_organization, origin_at
from tests.support.grants import work_off
from tests.support.subscribers import make_subscription

AREA = "customer_state"


@adapter(AREA, db=True)
def get_state(given: Facts, when: Facts) -> Facts:
    if given.get("meters"):
        raise NotYet
    who = given.get("auth", "token")
    scene = Scene()
    customer = scene.customer
    for status in given.get("subscriptions") or []:
        facts = {"status": status, "cancel_at_period_end": given.get("cancel_at_period_end")}
        make_row(
            {name: value for name, value in facts.items() if value is not None},
            scene.organization,
            customer,
        )
    for number, state in enumerate(given.get("grants") or []):
        scene.source = new_id()
        scene.give(f"benefit-{number}")
        scene.bring(state)
    asked: UUID = new_id() if who == "unknown_customer" else customer.pk
    caller = Merchant(_caller(who, scene.organization))
    answer = caller.call("GET", f"customers/{asked}/state")
    if answer.status >= 400:
        return answer.refusal()
    parts = ("active_subscriptions", "granted_benefits", "active_meters")
    return {"status_code": 200} | {name: len(answer.body[name]) for name in parts}


def _caller(who: str | None, owner: Organization) -> Organization | None:
    if who is None:
        return None
    if who in ("token", "organization", "unknown_customer"):
        return owner
    if who in ("stranger", "other_organization"):
        return make_organization()
    raise NotYet


@adapter(AREA, db=True)
def event(given: Facts, when: Facts) -> Facts:
    happen = _HAPPENINGS.get(when["event"])
    if happen is None:
        raise NotYet
    scene = Scene()
    create_endpoint(
        organization=scene.organization,
        data=EndpointInput(url="http://127.0.0.1:1/hook", format="raw", events=list(EVENT_TYPES)),
        origin=origin_at(),
    )
    customer = happen(scene)
    at_rest = origin_at(NOW + QUIET)
    announce_state(customer_id=customer.pk, origin=at_rest)
    again = announce_state(customer_id=customer.pk, origin=at_rest)
    assert not again, "It was told already."
    told = WebhookEvent.objects.filter(customer_id=customer.pk).order_by("sequence", "pk")
    names = list(told.values_list("type", flat=True))
    # A person's only member comes and goes with the person, and is told of apart.
    return {"webhooks": [name for name in names if not name.startswith("member.")]}


def _created(scene: Scene) -> Customer:
    return make_customer(scene.organization)


def _updated(scene: Scene) -> Customer:
    return update_customer(
        customer_id=scene.customer.pk, changes={"name": "Another"}, origin=origin_at()
    )


def _deleted(scene: Scene) -> Customer:
    return delete_customer(customer_id=scene.customer.pk, origin=origin_at())


def _subscribed(scene: Scene) -> Customer:
    make_subscription(scene.organization, customer=scene.customer, moment=NOW)
    return scene.customer


def _granted(scene: Scene) -> Customer:
    scene.give("x")
    scene.align(True)
    work_off(origin_at())
    return scene.customer


def _revoked(scene: Scene) -> Customer:
    _granted(scene)
    announce_state(customer_id=scene.customer.pk, origin=origin_at(NOW + QUIET))
    WebhookEvent.objects.all().delete()
    scene.align(False)
    work_off(origin_at())
    return scene.customer


_HAPPENINGS: dict[str, Callable[[Scene], Any]] = {
    "customer.created": _created,
    "customer.updated": _updated,
    "customer.deleted": _deleted,
    "subscription.created": _subscribed,
    "benefit_grant.created": _granted,
    "benefit_grant.revoked": _revoked,
}
