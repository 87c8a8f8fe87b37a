"""Downloads by the customers who have been granted the files."""

from __future__ import annotations

from datetime import timedelta
from typing import Final
from uuid import UUID

from django.conf import settings
from django.core import signing
from django.db import transaction
from django.db.models import F

from apps.benefits.models import BenefitGrant, Downloadable
from apps.core.errors import ResourceNotFound, ResourceUnavailable
from apps.core.origin import Origin
from apps.files.errors import FileNotAvailable
from apps.files.models import File

LIFETIME: Final = timedelta(hours=1)
_SALT: Final = "benefits.download"


def download_url(downloadable: Downloadable) -> str:
    """An address of ours, good for an hour; what is granted by then is what counts."""
    token = signing.dumps(downloadable.pk.hex, salt=_SALT)
    return f"{settings.BASE_URL}/v1/customer-portal/downloadables/{token}"


@transaction.atomic
def begin_download(*, token: str, origin: Origin) -> File:
    """
    The file that an address leads to, one download counted.

    :raises ResourceNotFound: if the address is none of ours.
    :raises ResourceUnavailable: if it has expired, or the file is granted no more.
    :raises FileNotAvailable: if the file is gone, or was found to be harmful.
    """
    downloadable = _named(token)
    file = downloadable.file
    if file.deleted_at is not None or file.flagged_malicious_at is not None:
        raise FileNotAvailable
    if downloadable.revoked_at is not None or not _is_granted(downloadable):
        raise ResourceUnavailable("This file is no longer part of what you have.")
    Downloadable.objects.filter(pk=downloadable.pk).update(
        download_count=F("download_count") + 1, last_downloaded_at=origin.at
    )
    return file


def _named(token: str) -> Downloadable:
    try:
        downloadable_id = UUID(hex=signing.loads(token, salt=_SALT, max_age=LIFETIME))
    except signing.SignatureExpired as error:
        raise ResourceUnavailable("This link has expired.") from error
    except (signing.BadSignature, ValueError) as error:
        raise ResourceNotFound from error
    row = Downloadable.objects.select_related("file").filter(pk=downloadable_id).first()
    if row is None:
        raise ResourceNotFound
    return row


def _is_granted(downloadable: Downloadable) -> bool:
    return BenefitGrant.objects.filter(
        benefit=downloadable.benefit_id,
        customer=downloadable.customer_id,
        member=downloadable.member_id,
        granted_at__isnull=False,
    ).exists()
