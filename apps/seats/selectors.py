"""Reading seats."""

from __future__ import annotations

from datetime import datetime
from typing import Final
from uuid import UUID

from apps.core.errors import ResourceNotFound
from apps.customers.models import Customer
from apps.organizations.defaults import FEATURE_SETTINGS
from apps.organizations.models import Organization
from apps.organizations.querysets import TenantQuerySet
from apps.organizations.tokens import hash_token
from apps.seats.containers import Container, Seated, keeper_of, keepers
from apps.seats.errors import FeatureNotEnabled, InvalidInvitationToken
from apps.seats.models import CustomerSeat
from apps.seats.states import TAKEN

FEATURE: Final = "seat_based_pricing_enabled"


def seat_rows(organization: Organization) -> TenantQuerySet[CustomerSeat]:
    """The seats of an organization with who sits on them."""
    return CustomerSeat.objects.for_organization(organization).select_related("member", "customer")


def seats_of(container: Container) -> list[CustomerSeat]:
    """What is shown of a container's seats, the first assigned first; not the revoked ones."""
    rows = CustomerSeat.objects.filter(**container.key, status__in=TAKEN)
    return list(rows.select_related("member", "customer").order_by("created_at", "id"))


def taken_count(*, subscription_id: UUID | None = None, order_id: UUID | None = None) -> int:
    """How many people have a seat of a container, invited or seated."""
    rows = CustomerSeat.objects.filter(
        subscription_id=subscription_id, order_id=order_id, status__in=TAKEN
    )
    return rows.count()


def available_count(container: Container) -> int:
    """How many more people may be given a seat."""
    return max(0, container.seat_count - taken_count(**container.key))


def find_container(seated: Seated, *, at: datetime) -> Container:
    """
    The purchase that is named, as it stands `at` that moment.

    :raises ResourceNotFound: if there is none, or it is not sold by the seat.
    """
    keeper, container_id = keeper_of(seated)
    return keeper.find(container_id, at)


def container_of_organization(
    organization: Organization, seated: Seated, *, at: datetime
) -> Container:
    """
    The same for a merchant.

    :raises ResourceNotFound: also for another organization's.
    """
    container = find_container(seated, at=at)
    if container.organization.pk != organization.pk:
        raise ResourceNotFound
    return container


def container_of_customer(customer: Customer, seated: Seated, *, at: datetime) -> Container:
    """
    The same for the customer who bought it.

    :raises ResourceNotFound: also for another customer's.
    """
    container = find_container(seated, at=at)
    if container.customer.pk != customer.pk:
        raise ResourceNotFound
    return container


def seat_of_organization(organization: Organization, seat_id: UUID) -> CustomerSeat:
    """
    One seat for a merchant.

    :raises ResourceNotFound: if there is none, or it is another organization's.
    """
    found = seat_rows(organization).filter(pk=seat_id).first()
    if found is None:
        raise ResourceNotFound
    return found


def seat_of_customer(customer: Customer, seat_id: UUID) -> CustomerSeat:
    """
    One seat for the customer who bought it.

    :raises ResourceNotFound: if there is none, or it is another customer's.
    """
    rows = CustomerSeat.objects.filter(customer=customer, pk=seat_id)
    found = rows.select_related("member", "customer").first()
    if found is None:
        raise ResourceNotFound
    return found


def invited_seat(token: str) -> CustomerSeat:
    """
    The seat that a token invites to, whether or not it holds still.

    :raises InvalidInvitationToken: if there is none.
    """
    rows = CustomerSeat.objects.select_related("organization", "customer", "member")
    found = rows.filter(invitation_hash=hash_token(token)).first()
    if found is None:
        raise InvalidInvitationToken
    return found


def holds(seat: CustomerSeat, *, at: datetime) -> bool:
    """Whether the invitation to a seat can be accepted, by the organization's clock."""
    is_pending = seat.status == CustomerSeat.Status.PENDING
    return is_pending and bool(seat.invitation_expires_at and at < seat.invitation_expires_at)


def claimed_seats_of(member_id: UUID) -> TenantQuerySet[CustomerSeat]:
    """The seats of subscriptions on which a person sits."""
    return CustomerSeat.objects.filter(
        member_id=member_id, status=CustomerSeat.Status.CLAIMED, subscription_id__isnull=False
    )


def container_of_checkout(checkout_id: UUID) -> dict[str, UUID] | None:
    """What a checkout led to, as the condition on its seats; None if nothing is sold by it yet."""
    for kind, keeper in keepers().items():
        found = keeper.of_checkout(checkout_id).first()
        if found is not None:
            return {kind: found}
    return None


def has_feature(organization: Organization) -> bool:
    """Whether the organization may give seats away; it may unless that was switched off."""
    return bool(organization.feature_settings.get(FEATURE, FEATURE_SETTINGS[FEATURE]))


def require_feature(organization: Organization) -> None:
    """
    Pass if the organization may give seats away.

    :raises FeatureNotEnabled: if not.
    """
    if not has_feature(organization):
        raise FeatureNotEnabled
