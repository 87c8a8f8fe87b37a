"""Who acts for a customer. What is done here is part of what is done to the customer."""

from __future__ import annotations

from apps.core.changes import Changes
from apps.core.origin import Origin
from apps.customers.cleaning import clean_email, clean_name
from apps.customers.inputs import OwnerInput
from apps.customers.models import Customer, Member
from apps.customers.selectors import owner_of


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
    return Member.objects.create(
        organization=customer.organization,
        customer=customer,
        role=Member.Role.OWNER,
        email=email,
        name=name,
        external_id=owner.external_id or None,
        created_at=origin.at,
    )


def let_owner_follow(customer: Customer, former_email: str | None, changes: Changes) -> None:
    """
    Give the owner of a person the person's new e-mail and name.

    Not that of a team, nor an owner who has long had another address than `former_email`.
    """
    if customer.type != Customer.Type.INDIVIDUAL or not {"email", "name"} & changes.keys():
        return
    owner = owner_of(customer)
    if owner is None or owner.email != former_email:
        return
    owner.email, owner.name = customer.email or owner.email, customer.name
    owner.modified_at = customer.modified_at
    owner.save(update_fields=["email", "name", "modified_at"])


def remove_members(customer: Customer, origin: Origin) -> None:
    """Delete the members of a customer that is being deleted."""
    customer.members.filter(deleted_at=None).update(deleted_at=origin.at, modified_at=origin.at)
