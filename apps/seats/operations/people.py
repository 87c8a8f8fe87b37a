"""Who is meant by an assignment: a member of the customer who bought the seats."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from apps.core.errors import ResourceNotFound
from apps.core.origin import Origin
from apps.customers.inputs import MemberInput
from apps.customers.models import Customer, Member
from apps.customers.operations import create_member
from apps.customers.selectors import (
    customer_by_external_id,
    living_customers,
    mail_address,
    member_by_email,
)
from apps.seats.containers import Container
from apps.seats.errors import InvalidSeatAssignmentRequest, MemberEmailMismatch


@dataclass(frozen=True, slots=True, kw_only=True)
class SeatTarget:
    """
    The person who is to sit there, named in one way.

    By e-mail, by one of the two ids of another customer (who is then written to at their address),
    or by one of the two ids of a member. An external member id may come with the e-mail that it
    belongs to.
    """

    email: str | None = None
    customer_id: UUID | None = None
    external_customer_id: str | None = None
    member_id: UUID | None = None
    external_member_id: str | None = None

    def require_one(self) -> None:
        """
        Pass if one person is named.

        :raises InvalidSeatAssignmentRequest: if none is, or more than one.
        """
        names = [self.customer_id, self.external_customer_id, self.member_id]
        first = self.email if self.email is not None else self.external_member_id
        if sum(one is not None for one in [*names, first]) != 1:
            raise InvalidSeatAssignmentRequest


def find_member(container: Container, target: SeatTarget) -> Member | None:
    """
    The member that is meant, if the customer has them already.

    :raises InvalidSeatAssignmentRequest: if nobody is named, or two are.
    :raises MemberEmailMismatch: if a member is named with another's e-mail.
    :raises ResourceNotFound: if there is no such customer, or no such member by an id.
    """
    target.require_one()
    members = container.customer.members.filter(deleted_at=None)
    if target.member_id is not None:
        return _found(members.filter(pk=target.member_id).first())
    if target.external_member_id is None:
        email, _ = address_of(container, target)
        return member_by_email(container.customer, email)
    by_id = members.filter(external_id=target.external_member_id).first()
    if target.email is None:
        return _found(by_id)
    by_email = member_by_email(container.customer, target.email)
    if by_id is not None and by_id != by_email:
        raise MemberEmailMismatch
    if by_email is not None and by_email.external_id not in (None, target.external_member_id):
        raise MemberEmailMismatch
    return by_email


def take_member(container: Container, target: SeatTarget, origin: Origin) -> Member:
    """
    The same, who becomes a member if they are none yet.

    :raises ValidationFailed: at `email`, for an address that cannot be.
    """
    found = find_member(container, target)
    if found is not None:
        return found
    email, name = address_of(container, target)
    return create_member(
        customer_id=container.customer.pk,
        data=MemberInput(email=email, name=name, external_id=target.external_member_id),
        origin=origin,
    )


def address_of(container: Container, target: SeatTarget) -> tuple[str, str | None]:
    """
    The e-mail of somebody named by it or as a customer, and their name if we know it.

    :raises ResourceNotFound: if there is no such customer, or they have no address.
    """
    if target.email is not None:
        return target.email, None
    customer = _customer(container, target)
    email = mail_address(customer)
    if email is None:
        raise ResourceNotFound("The customer has no e-mail address.")
    return email, customer.name


def _customer(container: Container, target: SeatTarget) -> Customer:
    organization = container.organization
    if target.external_customer_id is not None:
        found = customer_by_external_id(organization, target.external_customer_id)
    elif target.customer_id is not None:
        found = living_customers(organization).filter(pk=target.customer_id).first()
    else:
        found = None
    if found is None:
        raise ResourceNotFound("There is no such customer.")
    return found


def _found(member: Member | None) -> Member:
    if member is None:
        raise ResourceNotFound("There is no such member.")
    return member
