"""What the demo's products give besides themselves: a note, a file, a feature flag."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from apps.benefits.models import Benefit
from apps.benefits.operations import BenefitInput, create_benefit, set_product_benefits
from apps.benefits.selectors import benefit_ids_of_product
from apps.catalog.models import Product
from apps.core.origin import Origin
from apps.files.models import File
from apps.files.operations import FileInput, PartDone, PartInput, begin_upload, complete_upload
from apps.files.storage import storage
from apps.files.storage.local import LocalStorage
from apps.organizations.models import Organization

KEY: Final = "demo_perk"
GUIDE: Final = b"The birds of the coast\n\nOystercatcher: black and white, with a long red bill.\n"
NOTE: Final = "Thank you! Our best friends meet every first Friday: write to us for the address."
# By the key of the product.
PERKS: Final = {"guide": ("file", "note"), "course": ("flag", "note"), "print": ("note",)}


def seed_perks(organization: Organization, *, origin: Origin) -> None:
    """The demo's benefits on its products; what is there already stays as it is."""
    made = {
        "note": _perk(organization, "note", "custom", {"note": NOTE}, "A word of thanks", origin),
        "flag": _perk(organization, "flag", "feature_flag", {}, "Early access", origin),
    }
    files = _guide(organization, origin)
    if files:
        given = {"files": files}
        made["file"] = _perk(
            organization, "file", "downloadables", given, "The field guide", origin
        )
    for key, names in PERKS.items():
        ids = [made[name].pk for name in names if name in made]
        rows = Product.objects.filter(organization=organization, metadata__contains={"demo": key})
        for product in rows:
            if benefit_ids_of_product(product.pk):
                continue
            set_product_benefits(product_id=product.pk, benefit_ids=ids, origin=origin)


def _perk(
    organization: Organization,
    key: str,
    benefit_type: str,
    properties: Mapping[str, Any],
    description: str,
    origin: Origin,
) -> Benefit:
    rows = Benefit.objects.filter(organization=organization, deleted_at=None)
    found = rows.filter(metadata__contains={KEY: key}).first()
    if found is not None:
        return found
    data = BenefitInput(
        type=benefit_type, description=description, properties=properties, metadata={KEY: key}
    )
    return create_benefit(organization=organization, data=data, origin=origin)


def _guide(organization: Organization, origin: Origin) -> list[str]:
    """The id of the demo's file; none where files go to a bucket, which is not the demo's."""
    disk = storage()
    if not isinstance(disk, LocalStorage):
        return []
    found = File.objects.filter(
        organization=organization,
        name="field-guide.txt",
        deleted_at=None,
        uploaded_at__isnull=False,
    ).first()
    if found is None:
        data = FileInput(
            service=File.Service.DOWNLOADABLE,
            name="field-guide.txt",
            mime_type="text/plain",
            size=len(GUIDE),
            parts=[PartInput(number=1, start=0, end=len(GUIDE))],
        )
        file = begin_upload(organization=organization, data=data, origin=origin)
        tag = disk.receive(file.parts.get(), iter([GUIDE]))
        done = [PartDone(number=1, etag=tag)]
        found = complete_upload(file_id=file.pk, parts=done, origin=origin)
    return [str(found.pk)]
