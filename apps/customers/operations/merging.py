"""Making one customer of two."""

from __future__ import annotations

from uuid import UUID

from django.db import transaction

from apps.core.errors import ResourceNotFound
from apps.core.origin import Origin
from apps.core.plans import Change, Plan, Webhook, additions, counted
from apps.customers.belongings import belongings, care_of, of_members
from apps.customers.locks import lock_customer
from apps.customers.models import Customer, Member
from apps.customers.operations.deletion import EXTERNAL_ID_KEY, end_customer
from apps.customers.precedence import lock_what_comes_first
from apps.customers.selectors import owner_of
from apps.events.operations import record

MERGE = "customers.merge_customers"


def plan_merge_customers(*, customer_id: UUID, into_id: UUID, origin: Origin) -> Plan:
    """
    What `merge_customers` would do, table by table; obstacles say why it cannot be done.

    :raises ResourceNotFound: if one of them does not exist.
    """
    return _plan(_found(customer_id), _found(into_id))


@transaction.atomic
def merge_customers(
    *, customer_id: UUID, into_id: UUID, agreed: str | None = None, origin: Origin
) -> Customer:
    """
    The customer `into_id`, who has everything now that `customer_id` had; that one is deleted.

    Balances are moved in the books, currency by currency. What the other lacks (external id,
    provider's id, name) is taken over. The second time there is nothing left to merge. Records
    `customer.merged` beside `customer.deleted`.

    :raises ResourceNotFound: if one of them does not exist.
    :raises PlanImpossible: across organizations, if one is deleted, a team would become part of a
        person, or something is under way that needs the first one.
    :raises PlanChanged: if another plan was agreed to.
    """
    first, second = _locked(customer_id, into_id)
    _plan(first, second).require(agreed)
    # Before their customers: of some things each person has one, and what is double stays behind.
    _move_members(first, second, origin)
    for belonging in belongings():
        care = care_of(belonging)
        if care.prepare is not None:
            care.prepare(first, second, origin)
        if not care.is_moved_here:
            belonging.rows(first.pk).update(**{belonging.field: second.pk})
    end_customer(first, origin)
    _take_over(first, second, origin)
    record(
        "customer.merged",
        subject=second,
        organization_id=second.organization_id,
        origin=origin,
        payload={"merged_customer_id": str(first.pk)},
    )
    return second


def _found(customer_id: UUID) -> Customer:
    customer = Customer.objects.filter(pk=customer_id).first()
    if customer is None:
        raise ResourceNotFound
    return customer


def _locked(customer_id: UUID, into_id: UUID) -> tuple[Customer, Customer]:
    """Both, after everything that is locked before a customer; in one order for everybody."""
    pair = sorted({customer_id, into_id})
    for pk in pair:
        lock_what_comes_first(pk)
    for belonging in belongings():
        lock = care_of(belonging).lock
        for pk in pair if lock is not None else ():
            lock(pk)  # type: ignore[misc]
    by_id = {pk: lock_customer(pk) for pk in pair}
    return by_id[customer_id], by_id[into_id]


def _plan(first: Customer, second: Customer) -> Plan:
    counts = [(one.model, one.rows(first.pk).count()) for one in belongings()]
    own = Plan(
        title=f"{first} becomes part of {second}",
        changes=(
            Change(str(first), "living", "deleted"),
            *(
                Change(counted(count, str(model._meta.verbose_name)), "theirs", f"of {second}")
                for model, count in counts
                if count
            ),
        ),
        effects=(
            "Numbers of invoices and receipts stay as they were issued.",
            "They can no longer sign in under the former address; who is signed in is signed out.",
        ),
        webhooks=tuple(
            Webhook(name) for name in ("customer.deleted", "customer.updated", "member.deleted")
        ),
        events=("customer.deleted", "customer.merged"),
        obstacles=tuple(_obstacles(first, second)),
    )
    if own.obstacles:
        return own
    cares = [care_of(one) for one in belongings()]
    foreseen = [one.foresee(first, second) for one in cares if one.foresee is not None]
    more = additions(MERGE, customer=first, into=second)
    return own.joined([*(one for one in foreseen if one is not None), *more])


def _obstacles(first: Customer, second: Customer) -> list[str]:
    if first.pk == second.pk:
        return ["This is the same customer."]
    if first.organization_id != second.organization_id:
        # Says nothing of who they are: another merchant's customers are not theirs to know.
        return ["They are customers of two organizations, which share nothing."]
    found = [f"{one} is deleted." for one in (first, second) if one.deleted_at is not None]
    if first.type == Customer.Type.TEAM and second.type != Customer.Type.TEAM:
        found.append("A team cannot become part of a person: merge the other way round.")
    return found


def _move_members(first: Customer, second: Customer, origin: Origin) -> None:
    """Hand over what members have to those of the other; of two teams, the people too."""
    by_email = {one.email.lower(): one for one in second.members.filter(deleted_at=None)}
    owner = owner_of(second)
    for member in first.members.filter(deleted_at=None).order_by("created_at", "id"):
        same = by_email.get(member.email.lower())
        if same is None and first.type == Customer.Type.TEAM:
            _move_member(member, second, origin)
            continue
        for belonging in of_members():
            belonging.rows(member.pk).update(**{belonging.field: (same or owner)})


def _move_member(member: Member, to: Customer, origin: Origin) -> None:
    taken = to.members.filter(deleted_at=None, external_id=member.external_id).exists()
    before = member.role
    if member.role == Member.Role.OWNER:
        member.role = Member.Role.MEMBER
    if member.external_id and taken:
        member.external_id = None
    member.customer, member.modified_at = to, origin.at
    member.save()
    record(
        "member.updated",
        subject=member,
        organization_id=member.organization_id,
        origin=origin,
        changes={"role": (before, member.role)} if before != member.role else None,
        payload={"customer_id": str(to.pk)},
    )


def _take_over(first: Customer, second: Customer, origin: Origin) -> None:
    """Give the second what it lacks and the first had; the first is deleted by now."""
    if second.external_id is None:
        second.external_id = first.metadata.get(EXTERNAL_ID_KEY)
    if second.processor_customer_id is None and first.processor_customer_id is not None:
        second.processor_customer_id = first.processor_customer_id
        second.default_payment_method_id = first.default_payment_method_id
        first.processor_customer_id = first.default_payment_method_id = None
        first.save(update_fields=["processor_customer_id", "default_payment_method_id"])
    for name in ("name", "billing_name", "billing_address", "locale"):
        setattr(second, name, getattr(second, name) or getattr(first, name))
    if second.tax_id is None and second.billing_address == first.billing_address:
        second.tax_id = first.tax_id
    second.metadata = {
        **{name: value for name, value in first.metadata.items() if not name.startswith("__")},
        **second.metadata,
    }
    second.modified_at = origin.at
    second.save()
