"""What is worked on at a dispute's page without leaving it: dossier, files, notes."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from functools import wraps
from typing import Any, Final

from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import path
from django.utils.http import content_disposition_header
from django.views.decorators.http import require_GET, require_POST

from apps.core.errors import DomainError
from apps.core.staff import roles
from apps.core.staff.dialogs import refusals_of, staff_origin
from apps.disputes.admin.desk_panels import (
    attachments_desk,
    notes_desk,
    text_row,
)
from apps.disputes.dossier.document import PDF, dossier_pdf
from apps.disputes.dossier.fields import ALL_FILES_LIMIT, TEXTS
from apps.disputes.models import Dispute, DisputeAttachment, DossierVersion
from apps.disputes.operations.attaching import attach_file, detach_file
from apps.disputes.operations.editing import edit_dossier
from apps.disputes.operations.handling import add_note

View = Callable[..., HttpResponse]
ROW: Final = "disputes/text.html"
FILES: Final = "disputes/attachments.html"
NOTES: Final = "backoffice/notes.html"


def _for(role: str) -> Callable[[View], View]:
    """Let only staff of the role in, with the dispute that the address names."""

    def decorate(view: View) -> View:
        @wraps(view)
        def guarded(self: Any, request: HttpRequest, object_id: str, **more: Any) -> HttpResponse:
            if not self.may(request, role):
                raise PermissionDenied
            return view(self, request, self.found(request, object_id), **more)

        return guarded

    return decorate


class DeskViews:
    """The addresses below a dispute's page."""

    admin_site: Any

    def get_urls(self) -> list[Any]:
        """Those of the desk before those of the record."""

        def at(route: str, view: View, name: str) -> Any:
            guarded = self.admin_site.admin_view(view)
            return path(f"<uuid:object_id>/{route}", guarded, name=f"disputes_dispute_{name}")

        own = [
            at("dossier.pdf", require_GET(self.dossier_view), "dossier"),
            at("dossier/<slug:field>/", self.text_view, "text"),
            at("notes/", require_POST(self.notes_view), "notes"),
            at("files/", require_POST(self.files_view), "files"),
            at("files/<uuid:file_id>/", require_GET(self.file_view), "file"),
            at("files/<uuid:file_id>/remove/", require_POST(self.remove_view), "remove"),
        ]
        return [*own, *super().get_urls()]  # type: ignore[misc]

    @_for(roles.SUPPORT)
    def dossier_view(self, request: HttpRequest, dispute: Dispute) -> HttpResponse:
        """The document exactly as it would be sent now, or as an earlier version says it."""
        dossier = getattr(dispute, "dossier", None)
        if dossier is None:
            raise Http404
        number = request.GET.get("version", "")
        if number:
            kept = DossierVersion.objects.filter(dossier=dossier, number=_whole(number)).first()
            if kept is None:
                raise Http404
            dossier.texts, dossier.sections = kept.texts, kept.sections
        attached = list(dispute.attachments.order_by("created_at", "pk"))
        return _file(dossier_pdf(dispute, dossier, attached), PDF, f"evidence-{dispute}.pdf")

    @_for(roles.SUPPORT)
    def text_view(self, request: HttpRequest, dispute: Dispute, field: str) -> HttpResponse:
        """One text: as it is, as a form (`?edit`), or after it was edited."""
        dossier = getattr(dispute, "dossier", None)
        if dossier is None or field not in TEXTS:
            raise Http404
        if request.method != "POST":
            row = text_row(dispute, dossier, field, is_edited="edit" in request.GET)
            return render(request, ROW, {"row": row})
        written = request.POST.get("text", "").replace("\r\n", "\n").strip()
        try:
            dossier = edit_dossier(
                dispute_id=dispute.pk,
                field=field,
                text=written,
                seen=request.POST.get("seen", "").replace("\r\n", "\n"),
                origin=staff_origin(request, "", dispute),
            )
        except DomainError as error:
            row = text_row(dispute, dossier, field, is_edited=True)
            refused = replace(row, draft=written, errors=tuple(refusals_of(error)))
            return render(request, ROW, {"row": refused})
        row = text_row(dispute, dossier, field, is_edited=False)
        return render(request, ROW, {"row": row, "saved": dossier})

    @_for(roles.SUPPORT)
    def notes_view(self, request: HttpRequest, dispute: Dispute) -> HttpResponse:
        """Write a note."""
        text = request.POST.get("text", "")
        errors: tuple[str, ...] = ()
        try:
            add_note(dispute_id=dispute.pk, text=text, origin=staff_origin(request, "", dispute))
            text = ""
        except DomainError as error:
            errors = tuple(refusals_of(error))
        return render(request, NOTES, {"body": notes_desk(dispute, request, text, errors)})

    @_for(roles.SUPPORT)
    def files_view(self, request: HttpRequest, dispute: Dispute) -> HttpResponse:
        """Attach a file."""
        file = request.FILES.get("file")
        errors: tuple[str, ...] = ()
        try:
            if file is None:
                errors = ("Choose a file.",)
            elif (file.size or 0) > ALL_FILES_LIMIT:
                errors = ("All files of a dispute together may have 4.5 MB.",)
            else:
                attach_file(
                    dispute_id=dispute.pk,
                    name=file.name or "file",
                    content=file.read(),
                    slot=request.POST.get("slot", ""),
                    origin=staff_origin(request, "", dispute),
                )
        except DomainError as error:
            errors = tuple(refusals_of(error))
        return self._files(request, dispute, errors)

    @_for(roles.SUPPORT)
    def remove_view(self, request: HttpRequest, dispute: Dispute, file_id: Any) -> HttpResponse:
        """Take a file away."""
        errors: tuple[str, ...] = ()
        try:
            detach_file(
                attachment_id=_attachment(dispute, file_id).pk,
                origin=staff_origin(request, "", dispute),
            )
        except DomainError as error:
            errors = tuple(refusals_of(error))
        return self._files(request, dispute, errors)

    @_for(roles.SUPPORT)
    def file_view(self, request: HttpRequest, dispute: Dispute, file_id: Any) -> HttpResponse:
        """Download a file."""
        found = _attachment(dispute, file_id)
        return _file(bytes(found.content), found.content_type, found.name, is_attachment=True)

    def _files(
        self, request: HttpRequest, dispute: Dispute, errors: tuple[str, ...]
    ) -> HttpResponse:
        body = attachments_desk(dispute, request, errors)
        return render(request, FILES, {"body": body})


def _attachment(dispute: Dispute, file_id: Any) -> DisputeAttachment:
    found = DisputeAttachment.objects.filter(dispute=dispute, pk=file_id).first()
    if found is None:
        raise Http404
    return found


def _file(content: bytes, kind: str, name: str, *, is_attachment: bool = False) -> HttpResponse:
    response = HttpResponse(content, content_type=kind)
    disposition = content_disposition_header(is_attachment, name)
    response["Content-Disposition"] = disposition or "attachment"
    response["Cache-Control"] = "no-store"
    response["X-Content-Type-Options"] = "nosniff"
    return response


def _whole(text: str) -> int:
    return int(text) if text.isdecimal() and len(text) < 9 else 0
