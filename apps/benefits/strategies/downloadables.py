"""Files to download."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from apps.benefits.models import Downloadable
from apps.benefits.strategies import cleaning
from apps.benefits.strategies.base import Properties, Strategy, Work
from apps.core.rows import insert_if_new
from apps.files.models import File
from apps.organizations.models import Organization


class DownloadablesStrategy(Strategy):
    """
    Files of the organization. Archived ones stay with who has them, and are given to nobody new.
    """

    type = "downloadables"
    label = "Files"

    def clean(
        self,
        organization: Organization,
        given: Mapping[str, Any],
        before: Mapping[str, Any] | None = None,
    ) -> Properties:
        """`files`: ids of uploaded files of the organization; `archived`: id to true or false."""
        files = cleaning.each(given.get("files"), "files", _uuid_text)
        if not files:
            raise cleaning.wrong("files", "There must be at least one file.", files)
        archived = given.get("archived") or {}
        if not isinstance(archived, dict) or not all(
            isinstance(value, bool) for value in archived.values()
        ):
            raise cleaning.wrong("archived", "Input should be a valid dictionary", archived)
        rows = File.objects.for_organization(organization).living().filter(pk__in=files)
        known = rows.filter(service=File.Service.DOWNLOADABLE, uploaded_at__isnull=False)
        found = {str(pk) for pk in known.values_list("pk", flat=True)}
        for file_id in files:
            if file_id not in found:
                raise cleaning.wrong("files", "There is no such uploaded file.", file_id)
        return {
            "files": list(dict.fromkeys(files)),
            "archived": {str(key): value for key, value in archived.items()},
        }

    def grant(self, work: Work) -> Properties:
        """One row per file that is not archived; what the customer had of it before counts on."""
        stored = work.benefit.properties
        given = [name for name in stored["files"] if not stored["archived"].get(name)]
        living = File.objects.filter(pk__in=given, deleted_at=None).values_list("pk", flat=True)
        granted = [file_id for file_id in given if UUID(file_id) in set(living)]
        rows = _rows(work)
        rows.filter(file_id__in=granted).update(revoked_at=None)
        for file_id in granted:
            insert_if_new(
                Downloadable(
                    created_at=work.origin.at,
                    organization_id=work.grant.organization_id,
                    benefit=work.benefit,
                    customer=work.customer,
                    member=work.member,
                    file_id=UUID(file_id),
                )
            )
        # Taken out of the benefit: not to be had any more, unlike what is only archived.
        gone = rows.exclude(file_id__in=[UUID(name) for name in stored["files"]])
        gone.filter(revoked_at=None).update(revoked_at=work.origin.at)
        return {**work.properties, "files": granted}

    def revoke(self, work: Work) -> Properties:
        """Nothing of it can be downloaded any more."""
        _rows(work).filter(revoked_at=None).update(revoked_at=work.origin.at)
        return {**work.properties, "files": []}

    def needs_update(self, before: Mapping[str, Any], after: Mapping[str, Any]) -> bool:
        """If files came, went or came back from the archive."""
        return dict(before) != dict(after)


def _rows(work: Work) -> Any:
    return Downloadable.objects.filter(
        benefit=work.benefit, customer=work.customer, member=work.member
    )


def _uuid_text(value: Any) -> str | None:
    try:
        return str(UUID(value)) if isinstance(value, str) else None
    except ValueError:
        return None
