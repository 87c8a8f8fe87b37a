"""Reading benefits and grants."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from uuid import UUID

from django.db.models import Count, Q
from django.db.models.functions import Now

from apps.benefits.models import (
    AccountLink,
    Benefit,
    BenefitGrant,
    Downloadable,
    LinkedAccount,
    ProductBenefit,
    Resync,
    Withdrawal,
)
from apps.core.prepared import ID_MARK, Prepared
from apps.customers.models import Customer, Member
from apps.organizations.models import Organization
from apps.organizations.querysets import TenantQuerySet


def living_benefits(organization: Organization) -> TenantQuerySet[Benefit]:
    """The benefits of an organization that are not deleted."""
    return Benefit.objects.for_organization(organization).filter(deleted_at=None)


def benefit_ids_of_product(product_id: UUID) -> list[UUID]:
    """The living benefits that come with a product, in its order."""
    links = ProductBenefit.objects.filter(product_id=product_id, benefit__deleted_at=None)
    return list(links.order_by("position", "id").values_list("benefit_id", flat=True))


def public_benefits_of_product(product_id: UUID) -> list[Benefit]:
    """The benefits that come with a product and that customers see, in its order."""
    links = ProductBenefit.objects.filter(
        product_id=product_id,
        benefit__deleted_at=None,
        benefit__visibility=Benefit.Visibility.PUBLIC,
    )
    return [link.benefit for link in links.select_related("benefit").order_by("position", "id")]


def grant_rows(organization: Organization) -> TenantQuerySet[BenefitGrant]:
    """The grants of an organization with what is shown beside them."""
    return BenefitGrant.objects.for_organization(organization).select_related(
        "benefit", "customer", "member"
    )


def is_withdrawn(order_id: UUID) -> bool:
    """Whether a refund or a dispute has taken back what the order granted."""
    return Withdrawal.objects.filter(order_id=order_id, lifted_at=None).exists()


def withdrawn_orders(order_ids: Sequence[UUID]) -> set[UUID]:
    """Those of the orders whose benefits were taken back."""
    rows = Withdrawal.objects.filter(order_id__in=order_ids, lifted_at=None)
    return set(rows.values_list("order_id", flat=True))


def overdue_grants(*, grace_seconds: int, limit: int) -> list[UUID]:
    """Grants whose work should have begun by now, the longest overdue first."""
    due = Now() - timedelta(seconds=grace_seconds)
    rows = BenefitGrant.objects.filter(next_attempt_at__lte=due).exclude(claimed_until__gt=Now())
    return list(rows.order_by("next_attempt_at").values_list("pk", flat=True)[:limit])


_living_of_customer = Prepared(
    lambda value: (
        BenefitGrant.objects.filter(customer_id=value, granted_at__isnull=False)
        .select_related("benefit")
        .order_by("id")
    ),
    mark=ID_MARK,
)


def living_grants_of(customer_id: UUID) -> list[BenefitGrant]:
    """What a customer has at present."""
    return _living_of_customer.rows(customer_id)


def grants_for(customer: Customer, member: Member) -> TenantQuerySet[BenefitGrant]:
    """What a person sees of a customer's grants: their own, and those to everybody."""
    rows = BenefitGrant.objects.filter(
        customer=customer, benefit__visibility=Benefit.Visibility.PUBLIC
    )
    mine = rows.filter(Q(member=None) | Q(member=member))
    return mine.select_related("benefit__organization", "customer", "member")


def linked_accounts_of(customer: Customer, member: Member) -> TenantQuerySet[LinkedAccount]:
    """The accounts that a person has linked, or that were linked for the whole customer."""
    rows = LinkedAccount.objects.filter(customer=customer)
    return rows.filter(Q(member=None) | Q(member=member)).order_by("id")


def open_link(*, at: datetime, **found_by: str) -> AccountLink | None:
    """A way to a service that still holds at the machine's time `at`, by one of its hashes."""
    rows = AccountLink.objects.select_related(
        "organization", "grant__benefit", "grant__customer", "grant__member"
    )
    living = rows.filter(used_at=None, expires_at__gt=at, grant__customer__deleted_at=None)
    return living.filter(**found_by).first()


def members_granted(
    *, subscription_id: UUID | None = None, order_id: UUID | None = None
) -> set[UUID]:
    """The members who have, or are to have, something by a subscription or an order."""
    rows = BenefitGrant.objects.filter(
        subscription_id=subscription_id, order_id=order_id, is_wanted=True, member__isnull=False
    )
    return {one for one in rows.order_by().values_list("member_id", flat=True) if one is not None}


def downloadables_for(customer: Customer, member: Member) -> TenantQuerySet[Downloadable]:
    """What a person may download."""
    rows = Downloadable.objects.filter(
        customer=customer, revoked_at=None, file__deleted_at=None, benefit__deleted_at=None
    )
    return rows.filter(Q(member=None) | Q(member=member)).select_related("file")


def count_left(resyncs: Sequence[Resync]) -> None:
    """Tell each re-sync, as `left`, how many grants it has not come to yet; one query for all."""
    rows = BenefitGrant.objects.filter(resync__in=resyncs).order_by().values("resync")
    left = dict(rows.annotate(count=Count("id")).values_list("resync", "count"))
    for one in resyncs:
        one.left = left.get(one.pk, 0)  # type: ignore[attr-defined]
