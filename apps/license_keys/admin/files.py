"""Files of licence keys come in and go out: on the page of an organization and of an import."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any, Final
from uuid import UUID

from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse, StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.urls import path, reverse
from django.utils.http import content_disposition_header
from django.views.decorators.http import require_GET, require_POST

from apps.core.errors import DomainError
from apps.core.staff import roles
from apps.core.staff.dialogs import refusals_of, staff_origin
from apps.core.staff.panels import Panel, listing, page_of, panel
from apps.license_keys.exports import COLUMNS, exported_rows, report_of
from apps.license_keys.models import LicenseKey
from apps.license_keys.operations import receive_import
from apps.license_keys.transfer.writing import csv_text, xlsx_bytes
from apps.organizations.models import Organization

View = Callable[..., HttpResponseBase]
UPLOAD: Final = "license_keys/transfer.html"
CSV: Final = "text/csv; charset=utf-8"
XLSX: Final = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


class FileViews:
    """The addresses of files, beside those of imports."""

    admin_site: Any

    def get_urls(self) -> list[Any]:
        """Those of files before those of the record."""

        def at(route: str, view: View, name: str) -> Any:
            guarded = self.admin_site.admin_view(view)
            return path(route, guarded, name=f"license_keys_licensekeyimport_{name}")

        own = [
            at("receive/<uuid:organization_id>/", require_POST(self.receive_view), "receive"),
            at(
                "export/<uuid:organization_id>/<str:kind>/", require_GET(self.export_view), "export"
            ),
            at("<uuid:object_id>/report.csv", require_GET(self.report_view), "report"),
        ]
        return [*own, *super().get_urls()]  # type: ignore[misc]

    def receive_view(self, request: HttpRequest, organization_id: UUID) -> HttpResponseBase:
        """Keep an uploaded file and lead to its page."""
        organization = self._organization(request, organization_id)
        file = request.FILES.get("file")
        errors = ["Choose a file."]
        if file is not None:
            try:
                row = receive_import(
                    organization=organization,
                    name=file.name or "",
                    content=file,
                    origin=staff_origin(request, "", organization),
                )
                return HttpResponse(headers={"HX-Redirect": page_of(row)})
            except DomainError as error:
                errors = refusals_of(error)
        return render(request, UPLOAD, {"body": _transfer(organization, errors)})

    def export_view(
        self, request: HttpRequest, organization_id: UUID, kind: str
    ) -> HttpResponseBase:
        """All keys of an organization, as an import understands them."""
        organization = self._organization(request, organization_id)
        rows = exported_rows(LicenseKey.objects.for_organization(organization))
        name = f"licence-keys-{organization.slug}"
        if kind == "xlsx":
            return _file(xlsx_bytes(COLUMNS, rows), XLSX, f"{name}.xlsx")
        if kind != "csv":
            raise Http404
        return _file(_encoded(csv_text(COLUMNS, rows)), CSV, f"{name}.csv")

    def report_view(self, request: HttpRequest, object_id: UUID) -> HttpResponseBase:
        """What is wrong with a file, or what was made of it."""
        self._require(request)
        source = self.found(request, str(object_id))  # type: ignore[attr-defined]
        titles, rows = report_of(source)
        return _file(_encoded(csv_text(titles, rows)), CSV, f"report-{source.pk}.csv")

    def _organization(self, request: HttpRequest, organization_id: UUID) -> Organization:
        self._require(request)
        found = Organization.objects.filter(pk=organization_id).first()
        if found is None:
            raise Http404
        return found

    def _require(self, request: HttpRequest) -> None:
        if not self.may(request, roles.SUPPORT):  # type: ignore[attr-defined]
            raise PermissionDenied


@panel("organizations.organization", position=60, role=roles.SUPPORT)
def transfer(organization: Any, request: HttpRequest) -> Panel:
    """Keys in and out."""
    return Panel(
        title="Licence keys in files",
        template=UPLOAD,
        body=_transfer(organization, []),
        more=listing("license_keys", "licensekeyimport", organization__id__exact=organization.pk),
    )


def _transfer(organization: Organization, errors: list[str]) -> dict[str, Any]:
    def address(name: str, *more: str) -> str:
        return reverse(f"admin:license_keys_licensekeyimport_{name}", args=[organization.pk, *more])

    return {
        "url": address("receive"),
        "csv_url": address("export", "csv"),
        "xlsx_url": address("export", "xlsx"),
        "columns": COLUMNS,
        "errors": errors,
    }


def _encoded(lines: Iterable[str]) -> Iterable[bytes]:
    return (line.encode() for line in lines)


def _file(content: Iterable[bytes], kind: str, name: str) -> StreamingHttpResponse:
    response = StreamingHttpResponse(content, content_type=kind)
    disposition = content_disposition_header(True, name)
    if disposition:
        response["Content-Disposition"] = disposition
    response["Cache-Control"] = "no-store"
    return response
