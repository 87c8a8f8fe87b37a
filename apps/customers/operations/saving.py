"""Making and changing customers."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from django.db import IntegrityError, transaction

from apps.core.changes import Changes, assign
from apps.core.errors import ResourceNotFound, ValidationFailed
from apps.core.metadata import validate_metadata
from apps.core.origin import Origin
from apps.core.plans import Change, Plan, Webhook
from apps.customers.cleaning import clean_address, clean_email, clean_name, clean_tax_id
from apps.customers.inputs import CustomerInput
from apps.customers.locks import lock_customer
from apps.customers.models import Customer
from apps.customers.operations.members import add_owner, let_owner_follow
from apps.customers.selectors import customer_by_email, owner_of
from apps.customers.short_ids import next_short_id
from apps.events.operations import record
from apps.organizations.models import Organization

# What an explicit null leaves as it is.
_KEPT_ON_NULL = ("email", "type", "billing_address", "metadata")
_PLAIN = ("name", "billing_name", "locale")


@transaction.atomic
def create_customer(*, organization: Organization, data: CustomerInput, origin: Origin) -> Customer:
    """
    A new customer and its owner.

    :raises ValidationFailed: without an e-mail (a team with an owner needs none), for one that a
        living customer has (in any case), a taken external id, or an owner, address or tax id
        that cannot be.
    """
    if data.email is None and not (data.type == Customer.Type.TEAM and data.owner):
        raise ValidationFailed.at(
            "body", "email", msg="An e-mail address is needed.", kind="missing"
        )
    address = (
        clean_address(data.billing_address, "body", "billing_address")
        if (data.billing_address)
        else None
    )
    customer = Customer(
        organization=organization,
        type=data.type,
        email=clean_email(data.email, "body", "email") if data.email is not None else None,
        name=clean_name(data.name, "body", "name"),
        external_id=data.external_id or None,
        billing_name=clean_name(data.billing_name, "body", "billing_name"),
        billing_address=address,
        tax_id=clean_tax_id(data.tax_id, address) if data.tax_id else None,
        locale=data.locale,
        metadata=validate_metadata(dict(data.metadata)),
        short_id=next_short_id(origin.at),
        created_at=origin.at,
    )
    save_unique(customer, is_new=True)
    record("customer.created", subject=customer, organization_id=organization.pk, origin=origin)
    add_owner(customer, data.owner, origin)
    return customer


@transaction.atomic
def update_customer(*, customer_id: UUID, changes: Mapping[str, Any], origin: Origin) -> Customer:
    """
    The customer with `changes`, named as in the API; what is absent stays.

    A null never erases e-mail, type, address or metadata. An empty tax id removes it. Changing
    nothing writes nothing.

    :raises ResourceNotFound: if the customer is deleted.
    :raises ValidationFailed: if a value is wrong or taken, the external id is already set, or
        a team shall become an individual.
    """
    customer = lock_customer(customer_id)
    if customer.deleted_at is not None:
        raise ResourceNotFound()
    difference = assign(customer, _cleaned(customer, changes))
    if difference:
        save_changes(customer, difference, origin)
    return customer


def plan_change_email(*, customer_id: UUID, email: str, origin: Origin) -> Plan:
    """
    What `update_customer` does with a new address: who signs in by it, who is told.

    :raises ResourceNotFound: if there is no such customer.
    :raises ValidationFailed: if there can be no such address.
    """
    customer = Customer.objects.select_related("organization").filter(pk=customer_id).first()
    if customer is None or customer.deleted_at is not None:
        raise ResourceNotFound
    wanted = clean_email(email, "body", "email")
    other = customer_by_email(customer.organization, wanted)
    is_taken = other is not None and other.pk != customer.pk
    owner = owner_of(customer)
    follows = (
        customer.type == Customer.Type.INDIVIDUAL
        and owner is not None
        and owner.email == customer.email
    )
    return Plan(
        title=f"{customer} gets another address",
        changes=(Change("E-mail", customer.email or "none", wanted),),
        effects=(
            "What is written from now on goes to the new address; nobody is told of the change.",
            *(("They sign in under the new address.",) if follows else ()),
        ),
        webhooks=(Webhook("customer.updated"), *((Webhook("member.updated"),) if follows else ())),
        events=("customer.updated",),
        obstacles=(
            *(("Another customer has this address: merge the two.",) if is_taken else ()),
            *(("It is their address already.",) if wanted == customer.email else ()),
        ),
    )


def save_changes(customer: Customer, difference: Changes, origin: Origin) -> None:
    """Write a customer whose fields were assigned, and the event of it; see `let_owner_follow`."""
    customer.modified_at = origin.at
    save_unique(customer)
    former_email, _ = difference.get("email", (customer.email, None))
    let_owner_follow(customer, former_email, difference, origin)
    record(
        "customer.updated",
        subject=customer,
        organization_id=customer.organization_id,
        origin=origin,
        changes=difference,
    )


def save_unique(customer: Customer, *, is_new: bool = False) -> None:
    """
    Write the row; the database decides whether e-mail and external id are free.

    :raises ValidationFailed: at the one that is taken.
    """
    try:
        with transaction.atomic():
            customer.save(force_insert=is_new)
    except IntegrityError as error:
        diagnosis = getattr(error.__cause__, "diag", None)
        constraint = getattr(diagnosis, "constraint_name", "")
        if constraint == "customers_customer_email":
            raise ValidationFailed.at(
                "body",
                "email",
                msg="A customer with this e-mail address already exists.",
                value=customer.email,
            ) from error
        if constraint == "customers_customer_external_id":
            raise ValidationFailed.at(
                "body",
                "external_id",
                msg="A customer with this external ID already exists.",
                value=customer.external_id,
            ) from error
        raise


def _cleaned(customer: Customer, changes: Mapping[str, Any]) -> dict[str, Any]:
    given = {
        name: value
        for name, value in changes.items()
        if not (value is None and name in _KEPT_ON_NULL)
    }
    values = {name: given[name] for name in _PLAIN if name in given}
    for name in ("name", "billing_name"):
        if name in values:
            values[name] = clean_name(values[name], "body", name)
    if "email" in given:
        values["email"] = clean_email(given["email"], "body", "email")
    if "type" in given:
        values["type"] = _clean_type(customer, given["type"])
    if "external_id" in given:
        values["external_id"] = _clean_external_id(customer, given["external_id"])
    if "metadata" in given:
        values["metadata"] = validate_metadata(dict(given["metadata"]))
    if "billing_address" in given:
        values["billing_address"] = clean_address(
            given["billing_address"], "body", "billing_address"
        )
    tax_id = _tax_id_after(customer, given, values.get("billing_address"))
    return {**values, "tax_id": tax_id}


def _tax_id_after(
    customer: Customer, given: Mapping[str, Any], new_address: dict[str, Any] | None
) -> list[str] | None:
    """The tax id that results: a new one, or the old one checked against a new country."""
    address = new_address or customer.billing_address
    if "tax_id" in given:
        # A bare number, or one that was checked before, with its format.
        number = given["tax_id"]
        number = number[0] if isinstance(number, list | tuple) else number
        return clean_tax_id(number, address) if number else None
    if customer.tax_id and new_address is not None:
        return clean_tax_id(customer.tax_id[0], address)
    return customer.tax_id


def _clean_type(customer: Customer, to: str) -> str:
    if customer.type == Customer.Type.TEAM and to != Customer.Type.TEAM:
        raise ValidationFailed.at(
            "body", "type", msg="A team cannot become an individual.", value=to
        )
    return to


def _clean_external_id(customer: Customer, to: str | None) -> str | None:
    if customer.external_id is not None and to != customer.external_id:
        raise ValidationFailed.at(
            "body", "external_id", msg="The external ID cannot be changed.", value=to
        )
    return to or None
