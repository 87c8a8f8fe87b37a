"""Finding licence keys."""

from __future__ import annotations

from datetime import date, timedelta
from functools import reduce
from operator import or_
from typing import Any, Final
from uuid import UUID, uuid4

from django.db.models import F, FilteredRelation, Prefetch, Q, QuerySet
from django.db.models.functions import Collate, Reverse, Upper

from apps.benefits.models import Benefit
from apps.core.errors import ResourceNotFound
from apps.core.prepared import ID_MARK, TEXT_MARK, Prepared
from apps.customers.models import Customer, Member
from apps.license_keys.keys import SHOWN
from apps.license_keys.models import LicenseKey, LicenseKeyActivation
from apps.license_keys.rules import NO_ACTIVATION, NO_KEY
from apps.license_keys.sources import source_annotations
from apps.organizations.models import Organization

# How many of each kind a search follows.
FOUND: Final = 500
ACTIVATION_MARK: Final = uuid4()
BESIDE: Final = ("organization", "customer", "member", "grant")
_FIELDS: Final = tuple(field.attname for field in LicenseKeyActivation._meta.concrete_fields)


def _asked(organization_id: Any, key: Any) -> QuerySet[LicenseKey]:
    rows = LicenseKey.objects.filter(organization_id=organization_id, key=key)
    return rows.select_related(*BESIDE)


def _asked_with_activation(
    organization_id: Any, key: Any, activation_id: Any
) -> QuerySet[LicenseKey]:
    asked = FilteredRelation(
        "activations",
        condition=Q(activations__pk=activation_id, activations__deleted_at=None),
    )
    beside = {f"asked_{name}": F(f"asked__{name}") for name in _FIELDS}
    return _asked(organization_id, key).annotate(asked=asked).annotate(**beside)


_by_key = Prepared(_asked, mark=(ID_MARK, TEXT_MARK))
_by_key_with_sources = Prepared(
    lambda *asked: _asked(*asked).annotate(**source_annotations()), mark=(ID_MARK, TEXT_MARK)
)
_with_activation = Prepared(_asked_with_activation, mark=(ID_MARK, TEXT_MARK, ACTIVATION_MARK))
_with_activation_and_sources = Prepared(
    lambda *asked: _asked_with_activation(*asked).annotate(**source_annotations()),
    mark=(ID_MARK, TEXT_MARK, ACTIVATION_MARK),
)


def asked_key(
    organization_id: UUID,
    key: str,
    activation_id: UUID | None = None,
    *,
    has_sources: bool = False,
) -> tuple[LicenseKey, LicenseKeyActivation | None]:
    """
    The key that a program names, with all that is shown of it, and its living activation.

    One query by the unique index. `has_sources` brings what grants it along.

    :raises ResourceNotFound: if the organization has no such key.
    """
    if activation_id is None:
        plain = _by_key_with_sources if has_sources else _by_key
        found = plain.first((organization_id, key))
    else:
        wide = _with_activation_and_sources if has_sources else _with_activation
        found = wide.first((organization_id, key, activation_id))
    if found is None:
        raise ResourceNotFound(NO_KEY)
    return found, _activation_beside(found)


def _activation_beside(key: LicenseKey) -> LicenseKeyActivation | None:
    values = key.__dict__
    if values.get("asked_id") is None:
        return None
    row = [values[f"asked_{name}"] for name in _FIELDS]
    activation = LicenseKeyActivation.from_db("default", _FIELDS, row)
    activation.license_key = key
    return activation


def license_keys(organization: Organization) -> QuerySet[LicenseKey]:
    """The keys of an organization, with all that is shown of them."""
    return LicenseKey.objects.for_organization(organization).select_related(*BESIDE)


_shown_by_id = Prepared(
    lambda value: (
        LicenseKey.objects.filter(pk=value)
        .select_related(*BESIDE)
        .prefetch_related(living_activations())
    ),
    mark=ID_MARK,
)


def shown_license_key(organization: Organization, license_key_id: UUID) -> LicenseKey:
    """
    One key with `living_activations`.

    :raises ResourceNotFound: if it is another organization's, or none.
    """
    found = _shown_by_id.first(license_key_id)
    if found is None or found.organization_id != organization.pk:
        raise ResourceNotFound(NO_KEY)
    return found


def shown_activation(key: LicenseKey, activation_id: UUID) -> LicenseKeyActivation:
    """
    A living activation of a key that was read with its own.

    :raises ResourceNotFound: if it has none of this id.
    """
    living: list[LicenseKeyActivation] = key.living_activations  # type: ignore[attr-defined]
    found = next((one for one in living if one.pk == activation_id), None)
    if found is None:
        raise ResourceNotFound(NO_ACTIVATION)
    return found


def living_activations() -> Prefetch[Any]:
    """The devices of keys, the oldest first, as `living_activations`."""
    living = LicenseKeyActivation.objects.filter(deleted_at=None).order_by("created_at", "id")
    return Prefetch("activations", queryset=living, to_attr="living_activations")


def with_sources(key: LicenseKey) -> LicenseKey:
    """The same key, read again with what grants it."""
    return _by_id_with_sources.first(key.pk) or key


_by_id_with_sources = Prepared(
    lambda value: (
        LicenseKey.objects.filter(pk=value).select_related(*BESIDE).annotate(**source_annotations())
    ),
    mark=ID_MARK,
)


def keys_of_buyer(customer: Customer, member: Member) -> QuerySet[LicenseKey]:
    """What a person of a customer may see: all keys as its owner or manager, else their own."""
    rows = LicenseKey.objects.filter(customer=customer).select_related(*BESIDE, "benefit")
    if member.role == Member.Role.MEMBER:
        return rows.filter(member=member)
    return rows


def key_of_buyer(customer: Customer, member: Member, license_key_id: UUID) -> LicenseKey:
    """
    One of them with `living_activations` and its benefit.

    :raises ResourceNotFound: if it is not among them.
    """
    rows = keys_of_buyer(customer, member).prefetch_related(living_activations())
    found = rows.filter(pk=license_key_id).first()
    if found is None:
        raise ResourceNotFound(NO_KEY)
    return found


def ending_in(keys: QuerySet[LicenseKey], text: str) -> QuerySet[LicenseKey]:
    """Those whose key is `text` or ends in it, in any case; by index."""
    return keys.alias(_backwards=Collate(Reverse(Upper("key")), "C")).filter(
        _backwards__startswith=text.strip().upper()[::-1]
    )


def activation_count(license_key_id: UUID) -> int:
    """How many living activations a key has."""
    return LicenseKeyActivation.objects.filter(
        license_key_id=license_key_id, deleted_at=None
    ).count()


def has_devices(key: LicenseKey) -> bool:
    """Whether a key is activated on any device."""
    return activation_count(key.pk) > 0


def found_keys(keys: QuerySet[LicenseKey], term: str, key: UUID | None) -> QuerySet[LicenseKey]:
    """
    What staff means by `term`: a key or how it ends, else a buyer, product, benefit or device.

    `key` is the term as an id: of a key, customer, benefit, organization, order or subscription.
    Each kind is looked up by its own index, and the keys by the ids that were found.
    """
    if key is not None:
        ids = ("id", "customer_id", "benefit_id", "organization_id", "grant_id")
        sources = ("grant__order_id", "grant__subscription_id")
        by_id = reduce(or_, (Q(**{name: key}) for name in (*ids, *sources)))
        return keys.filter(by_id | Q(pk__in=ending_in(LicenseKey.objects.all(), term)))
    ending = list(ending_in(LicenseKey.objects.all(), term).values_list("pk", flat=True)[:FOUND])
    if ending and len(term) >= SHOWN:
        return keys.filter(pk__in=ending)
    buyers = Customer.objects.filter(Q(email__icontains=term) | Q(name__icontains=term))
    benefits = Benefit.objects.filter(
        Q(description__icontains=term) | Q(product_links__product__name__icontains=term)
    )
    devices = LicenseKeyActivation.objects.filter(label__icontains=term)
    return keys.filter(
        Q(pk__in=[*ending, *devices.values_list("license_key_id", flat=True)[:FOUND]])
        | Q(customer_id__in=list(buyers.values_list("pk", flat=True)[:FOUND]))
        | Q(benefit_id__in=list(benefits.values_list("pk", flat=True).distinct()[:FOUND]))
    )


def validations_by_day(key: LicenseKey, *, until: date, days: int) -> list[tuple[date, int]]:
    """How often a key was validated on each of the last `days` up to `until`, the oldest first."""
    first = until - timedelta(days=days - 1)
    counts = dict(key.days.filter(date__gte=first).values_list("date", "validations"))
    if key.day is not None:
        counts[key.day] = counts.get(key.day, 0) + key.day_validations
    all_days = (first + timedelta(days=number) for number in range(days))
    return [(day, counts.get(day, 0)) for day in all_days]
