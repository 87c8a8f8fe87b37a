"""Imports and exports of licence keys in the backoffice."""

from __future__ import annotations

import io
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from apps.benefits.models import Benefit
from apps.core.jobs import keep_jobs
from apps.license_keys.models import LicenseKey, LicenseKeyImport
from tests.backoffice.acting import act, agree
from tests.backoffice.conftest import staff
from tests.support.license_keys import make_benefit
from tests.support.merchants import make_organization

__all__ = ["staff"]

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(autouse=True)
def folder(settings: Any, tmp_path: Any) -> None:
    settings.MEDIA_ROOT = tmp_path


@pytest.fixture
def benefit() -> Benefit:
    return make_benefit(make_organization())


def address(name: str, *keys: object) -> str:
    return reverse(f"admin:license_keys_licensekeyimport_{name}", args=keys)


def upload(client: Any, benefit: Benefit, *lines: str) -> Any:
    rows = ["key,email,benefit", *(f"{line},{benefit.pk}" for line in lines)]
    file = SimpleUploadedFile("keys.csv", "\n".join(rows).encode(), "text/csv")
    with keep_jobs() as jobs:
        answer = client.post(address("receive", benefit.organization_id), {"file": file})
        for job in jobs:
            job.run()
    return answer


def shown(client: Any, row: LicenseKeyImport) -> str:
    return str(client.get(address("change", row.pk)).content.decode())


class TestImport:
    def test_is_uploaded_checked_agreed_to_and_applied(self, staff: Any, benefit: Benefit) -> None:
        client = staff("support")
        page = client.get(
            reverse("admin:organizations_organization_change", args=[benefit.organization_id])
        )
        assert address("receive", benefit.organization_id) in page.content.decode()

        answer = upload(client, benefit, "A-1,a@example.com", "A-2,b@example.com")

        row = LicenseKeyImport.objects.get()
        assert answer["HX-Redirect"] == address("change", row.pk)
        assert "None: every row can be taken over." in shown(client, row)
        with keep_jobs() as jobs:
            agree(client, "license_keys_licensekeyimport_apply", row.pk)
            row.refresh_from_db()
            assert row.status == "applying"
            assert "of 2 rows" in shown(client, row)
            for job in jobs:
                if job.name.startswith("license_keys"):
                    job.run()
        row.refresh_from_db()
        assert (row.status, LicenseKey.objects.count()) == ("applied", 2)
        report = client.get(address("report", row.pk))
        assert b"A-1,a@example.com" in b"".join(report)

    def test_shows_what_is_wrong_and_is_discarded(self, staff: Any, benefit: Benefit) -> None:
        client = staff("support")
        upload(client, benefit, "A-1,nobody", "A-2,b@example.com", "A-2,b@example.com")

        row = LicenseKeyImport.objects.get()
        page = shown(client, row)
        assert "This is no e-mail address" in page
        assert "twice in the file" in page
        assert act(client, "license_keys_licensekeyimport_apply", row.pk).status_code == 404
        report = b"".join(client.get(address("report", row.pk))).decode()
        assert "2,email,cell," in report
        assert "4,key,repeated,Row 3 has the same key." in report

        act(client, "license_keys_licensekeyimport_discard", row.pk)

        row.refresh_from_db()
        assert row.status == "discarded"
        assert not row.content.storage.exists(str(row.content.name))

    def test_says_why_a_file_is_not_taken(self, staff: Any, benefit: Benefit) -> None:
        file = io.BytesIO(b"%PDF")
        file.name = "keys.pdf"

        answer = staff("support").post(address("receive", benefit.organization_id), {"file": file})

        assert "The file must be a .csv or an .xlsx." in answer.content.decode()

    @pytest.mark.parametrize("name", ["receive", "export"])
    def test_is_closed_to_viewers(self, staff: Any, benefit: Benefit, name: str) -> None:
        more = ("csv",) if name == "export" else ()
        send = staff("viewer").get if name == "export" else staff("viewer").post

        assert send(address(name, benefit.organization_id, *more)).status_code == 403


class TestExport:
    @pytest.mark.parametrize(("kind", "start"), [("csv", b"key,email,name"), ("xlsx", b"PK")])
    def test_comes_as_a_file(self, staff: Any, benefit: Benefit, kind: str, start: bytes) -> None:
        answer = staff("support").get(address("export", benefit.organization_id, kind))

        assert b"".join(answer).startswith(start)
        assert answer["Content-Disposition"].endswith(f'.{kind}"')

    def test_knows_no_other_kind(self, staff: Any, benefit: Benefit) -> None:
        path = address("export", benefit.organization_id, "pdf")

        assert staff("support").get(path).status_code == 404
