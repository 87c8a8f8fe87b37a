"""Who acts for a customer."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar
from uuid import UUID

from django.db import transaction

from apps.core.changes import Changes, assign
from apps.core.errors import DomainError, ResourceNotFound, ValidationFailed
from apps.core.origin import Origin
from apps.customers.cleaning import clean_email, clean_name
from apps.customers.inputs import MemberInput, OwnerInput
from apps.customers.locks import lock_customer
from apps.customers.models import Customer, Member
from apps.customers.selectors import (
    living_member,
    living_members,
    member_by_email,
    owner_of,
)
from apps.events.operations import record


class LastOwner(DomainError):
    """A customer has exactly one owner, who can only be followed by another one."""

    status: ClassVar[int] = 400
    message: ClassVar[str] = "A customer always has one owner. Make another member the owner first."


@transaction.atomic
def create_member(*, customer_id: UUID, data: MemberInput, origin: Origin) -> Member:
    """
    A new member of a customer, or the one who has this e-mail already, as they are.

    Records `member.created`.

    :raises ResourceNotFound: if there is no such living customer.
    :raises ValidationFailed: for an e-mail or name that cannot be, an owner, or an external id that
        another member has.
    """
    customer = _locked(customer_id)
    email = clean_email(data.email, "body", "email")
    existing = member_by_email(customer, email)
    if existing is not None:
        return existing
    if data.role == Member.Role.OWNER:
        raise _wrong("role", "There is an owner already.", data.role)
    _require_free(customer, data.external_id)
    member = Member.objects.create(
        organization_id=customer.organization_id,
        customer=customer,
        role=data.role,
        email=email,
        name=clean_name(data.name, "body", "name"),
        external_id=data.external_id or None,
        created_at=origin.at,
    )
    _record("created", member, origin)
    return member


@transaction.atomic
def update_member(
    *, customer_id: UUID, member_id: UUID, changes: Mapping[str, Any], origin: Origin
) -> Member:
    """
    Change `email`, `name` or `role` of a member; None for e-mail or role leaves it.

    Whoever becomes owner takes over from the one before, who manages the billing from then on.
    Records `member.updated` for each who is changed; nothing for what is so already.

    :raises ResourceNotFound: if there is no such living member.
    :raises LastOwner: if there would be no owner.
    :raises ValidationFailed: for an e-mail that cannot be or that another member has.
    """
    customer = _locked(customer_id)
    member = living_member(customer, member_id)
    values: dict[str, Any] = {}
    if changes.get("email") is not None:
        values["email"] = clean_email(changes["email"], "body", "email")
        other = member_by_email(customer, values["email"])
        if other is not None and other != member:
            raise _wrong("email", "Another member has this address.", changes["email"])
    if "name" in changes:
        values["name"] = clean_name(changes["name"], "body", "name")
    if changes.get("role") is not None:
        values["role"] = changes["role"]
        if member.role == Member.Role.OWNER != values["role"]:
            raise LastOwner
        if values["role"] == Member.Role.OWNER:
            _hand_over(customer, member, origin)
    _save(member, values, origin)
    return member


@transaction.atomic
def delete_member(*, customer_id: UUID, member_id: UUID, origin: Origin) -> Member:
    """
    The member, deleted and signed out; seats and what they gave are taken back from the outbox.

    Records `member.deleted`.

    :raises ResourceNotFound: if there is no such living member.
    :raises LastOwner: if they own the customer.
    """
    customer = _locked(customer_id)
    member = living_member(customer, member_id)
    if member.role == Member.Role.OWNER:
        raise LastOwner
    member.sessions.all().delete()
    _delete(member, origin)
    return member


def add_owner(customer: Customer, owner: OwnerInput | None, origin: Origin) -> Member:
    """
    The first member of a new customer: `owner`, or one with the customer's e-mail and name.

    :raises ValidationFailed: at `owner`, if a value cannot be.
    """
    if owner is None:
        # Who has no e-mail was refused before.
        owner = OwnerInput(email=customer.email or "", name=customer.name)
        email, name = owner.email, owner.name
    else:
        email = clean_email(owner.email, "body", "owner", "email")
        name = clean_name(owner.name, "body", "owner", "name")
    member = Member.objects.create(
        organization=customer.organization,
        customer=customer,
        role=Member.Role.OWNER,
        email=email,
        name=name,
        external_id=owner.external_id or None,
        created_at=origin.at,
    )
    _record("created", member, origin)
    return member


def let_owner_follow(
    customer: Customer, former_email: str | None, changes: Changes, origin: Origin
) -> None:
    """
    Give the owner of a person the person's new e-mail and name.

    Not that of a team, nor an owner who has long had another address than `former_email`.
    """
    if customer.type != Customer.Type.INDIVIDUAL or not {"email", "name"} & changes.keys():
        return
    owner = owner_of(customer)
    if owner is None or owner.email != former_email:
        return
    difference = assign(owner, {"email": customer.email or owner.email, "name": customer.name})
    owner.modified_at = customer.modified_at
    owner.save(update_fields=["email", "name", "modified_at"])
    _record("updated", owner, origin, difference)


def remove_members(customer: Customer, origin: Origin) -> None:
    """Delete the members of a customer that is being deleted."""
    for member in customer.members.filter(deleted_at=None).order_by("created_at", "id"):
        _delete(member, origin)


def _delete(member: Member, origin: Origin) -> None:
    member.deleted_at = member.modified_at = origin.at
    member.save(update_fields=["deleted_at", "modified_at"])
    _record("deleted", member, origin)


def _locked(customer_id: UUID) -> Customer:
    customer = lock_customer(customer_id)
    if customer.deleted_at is not None:
        raise ResourceNotFound
    return customer


def _require_free(customer: Customer, external_id: str | None) -> None:
    if external_id and living_members(customer).filter(external_id=external_id).exists():
        raise _wrong("external_id", "Another member has this id.", external_id)


def _hand_over(customer: Customer, to: Member, origin: Origin) -> None:
    """The owner before steps back first: there are never two."""
    owner = owner_of(customer)
    if owner is not None and owner != to:
        _save(owner, {"role": Member.Role.BILLING_MANAGER.value}, origin)


def _save(member: Member, values: Mapping[str, Any], origin: Origin) -> None:
    difference = assign(member, values)
    if difference:
        member.modified_at = origin.at
        member.save(update_fields=[*difference, "modified_at"])
        _record("updated", member, origin, difference)


def _wrong(name: str, message: str, value: str) -> ValidationFailed:
    return ValidationFailed.at("body", name, msg=message, value=value)


def _record(verb: str, member: Member, origin: Origin, difference: Changes | None = None) -> None:
    record(
        f"member.{verb}",
        subject=member,
        organization_id=member.organization_id,
        origin=origin,
        changes=difference,
        payload={"customer_id": str(member.customer_id)},
    )
