"""What the customer got for the payment, and how it was used."""

from __future__ import annotations

from django.db.models import Q

from apps.benefits.models import BenefitGrant, Downloadable
from apps.core.plans import counted
from apps.disputes.dossier import words
from apps.disputes.dossier.evidence import Evidence, Section
from apps.disputes.dossier.registry import Case


def from_benefits(case: Case) -> Evidence | None:
    """Grants of the order or its subscription, and downloads."""
    order = case.order
    if order is None:
        return None
    source = Q(order_id=order.pk)
    if order.subscription_id:
        source |= Q(subscription_id=order.subscription_id)
    grants = [
        grant
        for grant in BenefitGrant.objects.filter(source)
        .select_related("benefit")
        .order_by("created_at", "pk")
        if grant.granted_at or grant.revoked_at
    ]
    downloads = Downloadable.objects.filter(
        customer_id=order.customer_id, benefit__in=[one.benefit_id for one in grants]
    )
    used = [
        one
        for one in downloads.select_related("file").order_by("created_at", "pk")
        if one.download_count
    ]
    if not grants and not used:
        return None
    return Evidence(
        texts={"access_activity_log": "\n".join([*map(_granted, grants), *map(_loaded, used)])},
        sections=(
            Section(
                title="What the customer got",
                columns=("Benefit", "Kind", "Granted", "Taken back"),
                rows=tuple(
                    (
                        one.benefit.description,
                        words.sentence(one.benefit.type),
                        words.moment(one.granted_at),
                        words.moment(one.revoked_at),
                    )
                    for one in grants
                ),
            ),
            Section(
                title="Downloads",
                columns=("File", "Times", "Last"),
                rows=tuple(
                    (one.file.name, str(one.download_count), words.moment(one.last_downloaded_at))
                    for one in used
                ),
                amounts=(1,),
            ),
        ),
    )


def _granted(grant: BenefitGrant) -> str:
    return f"{grant.benefit.description}: available since {words.moment(grant.granted_at)}."


def _loaded(one: Downloadable) -> str:
    times = counted(one.download_count, "time")
    last = words.moment(one.last_downloaded_at)
    return f"{one.file.name}: downloaded {times}, last on {last}."
