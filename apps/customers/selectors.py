"""Finding customers."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

from django.db.models import Max, Min, Q, QuerySet, Value
from django.db.models.functions import Lower

from apps.core.credentials import is_well_formed
from apps.core.errors import ResourceNotFound
from apps.core.prepared import ID_MARK, Prepared
from apps.core.timers import Due
from apps.customers.activity import is_active
from apps.customers.models import Customer, CustomerSession, EmailChange, Member, StateChange
from apps.customers.quiet import due_at
from apps.organizations.models import Organization
from apps.organizations.querysets import TenantQuerySet
from apps.organizations.tokens import hash_token

SESSION_PREFIX: Final = "polar_cst_"
EMAIL_CHANGE_PREFIX: Final = "polar_cec_"


def living_customers(organization: Organization) -> TenantQuerySet[Customer]:
    """The customers of an organization that are not deleted."""
    return Customer.objects.for_organization(organization).filter(deleted_at=None)


_living_by_id = Prepared(
    lambda value: Customer.objects.filter(pk=value, deleted_at=None), mark=ID_MARK
)


def living_customer(organization: Organization, customer_id: UUID) -> Customer:
    """
    One customer of an organization.

    :raises ResourceNotFound: if it is deleted, another organization's, or none.
    """
    customer = _living_by_id.first(customer_id)
    if customer is None or customer.organization_id != organization.pk:
        raise ResourceNotFound()
    return customer


def customer_by_email(organization: Organization, email: str) -> Customer | None:
    """The living customer with this address, in any case."""
    return with_email(living_customers(organization), email).first()


def with_email(customers: QuerySet[Customer], email: str) -> QuerySet[Customer]:
    """Those with this address, in any case."""
    return customers.alias(_email=Lower("email")).filter(_email=Lower(Value(email)))


def customer_by_external_id(organization: Organization, external_id: str) -> Customer | None:
    """The living customer with this id of the merchant."""
    return living_customers(organization).filter(external_id=external_id).first()


def matching_customers(customers: QuerySet[Customer], text: str) -> QuerySet[Customer]:
    """Those whose e-mail or name holds `text`, or whose external id starts with it."""
    return customers.filter(
        Q(email__icontains=text) | Q(name__icontains=text) | Q(external_id__istartswith=text)
    )


def by_activity(customers: QuerySet[Customer], is_wanted: bool) -> QuerySet[Customer]:
    """Those who have a living subscription, or those who have none."""
    return customers.alias(_is_active=is_active()).filter(_is_active=is_wanted)


def owner_of(customer: Customer) -> Member | None:
    """The living owner; a deleted customer has none."""
    return customer.members.filter(role=Member.Role.OWNER, deleted_at=None).first()


def living_members(customer: Customer) -> TenantQuerySet[Member]:
    """The members of a customer that are not deleted."""
    return Member.objects.filter(customer=customer, deleted_at=None)


def member_by_email(customer: Customer, email: str) -> Member | None:
    """The living member with this address, in any case."""
    rows = living_members(customer).alias(_email=Lower("email"))
    return rows.filter(_email=Lower(Value(email.strip()))).first()


def living_member(customer: Customer, member_id: UUID) -> Member:
    """
    One member of a customer.

    :raises ResourceNotFound: if they are deleted, another customer's, or nobody.
    """
    found = living_members(customer).filter(pk=member_id).first()
    if found is None:
        raise ResourceNotFound
    return found


def member_by_external_id(customer: Customer, external_id: str) -> Member:
    """
    One member of a customer by the merchant's id.

    :raises ResourceNotFound: if there is none.
    """
    found = living_members(customer).filter(external_id=external_id).first()
    if found is None:
        raise ResourceNotFound
    return found


def valid_customer_session(text: str, *, at: datetime) -> CustomerSession | None:
    """The session with its customer and member, if its token holds at the machine's time `at`."""
    if not is_well_formed(text, SESSION_PREFIX):
        return None
    rows = CustomerSession.objects.select_related("organization", "customer", "member")
    living = rows.filter(customer__deleted_at=None, member__deleted_at=None, expires_at__gt=at)
    return living.filter(token_hash=hash_token(text)).first()


def open_email_change(text: str, *, at: datetime) -> EmailChange | None:
    """The change of address that a token is for, if it holds at the machine's time `at`."""
    if not is_well_formed(text, EMAIL_CHANGE_PREFIX):
        return None
    rows = EmailChange.objects.select_related("organization").filter(expires_at__gt=at)
    return rows.filter(customer__deleted_at=None, token_hash=hash_token(text)).first()


def members_by_email(organization: Organization, email: str) -> list[Member]:
    """The living members of living customers with this address, in any case; the oldest first."""
    rows = Member.objects.for_organization(organization).select_related("customer")
    living = rows.filter(deleted_at=None, customer__deleted_at=None)
    found = living.alias(_email=Lower("email")).filter(_email=Lower(Value(email)))
    return list(found.order_by("created_at", "id"))


def mail_address(customer: Customer) -> str | None:
    """Where to write to a customer, at a team's owner if need be; None for who is forgotten."""
    if customer.anonymized_at is not None:
        return None
    if customer.email is not None:
        return customer.email
    owner = owner_of(customer)
    return owner.email if owner else None


def states_due(organization_id: UUID, until: datetime) -> list[Due]:
    """Whose state merchants are to be told by then, by the organization's own clock."""
    changes = StateChange.objects.filter(organization_id=organization_id).order_by()
    rows = changes.values("customer").annotate(first=Min("at"), last=Max("at"))
    listed = rows.values_list("customer", "first", "last")
    found = [Due(due_at([first, last]), pk, pk) for pk, first, last in listed]
    return sorted(one for one in found if one.at <= until)


def changed_customers(*, limit: int) -> list[UUID]:
    """Customers of whose changes merchants were not told yet, longest waiting first."""
    rows = StateChange.objects.order_by().values("customer").annotate(first=Min("at"))
    return list(rows.order_by("first").values_list("customer", flat=True)[:limit])


def clock_offset_of(customer_id: UUID) -> timedelta | None:
    """How far the clock of a customer's organization is ahead; None if there is none."""
    rows = Customer.objects.filter(pk=customer_id)
    return rows.values_list("organization__clock_offset", flat=True).first()
