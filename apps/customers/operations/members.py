"""Who acts for a customer. What is done here is part of what is done to the customer."""

from __future__ import annotations

from apps.core.changes import Changes, assign
from apps.core.origin import Origin
from apps.customers.cleaning import clean_email, clean_name
from apps.customers.inputs import OwnerInput
from apps.customers.models import Customer, Member
from apps.customers.selectors import owner_of
from apps.events.operations import record


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
        member.deleted_at = member.modified_at = origin.at
        member.save(update_fields=["deleted_at", "modified_at"])
        _record("deleted", member, origin)


def _record(verb: str, member: Member, origin: Origin, difference: Changes | None = None) -> None:
    record(
        f"member.{verb}",
        subject=member,
        organization_id=member.organization_id,
        origin=origin,
        changes=difference,
        payload={"customer_id": str(member.customer_id)},
    )
