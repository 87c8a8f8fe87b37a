"""The files of a payout: its transactions, its invoice, and the bank's word for a manual one."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import FileResponse, Http404, HttpRequest, HttpResponse, StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.urls import path, reverse
from django.utils.http import content_disposition_header
from django.views.decorators.http import require_GET, require_POST

from apps.core.errors import DomainError
from apps.core.replica import prefer_replica
from apps.core.staff import roles
from apps.core.staff.dialogs import refusals_of, staff_origin
from apps.core.staff.panels import Panel, panel
from apps.payouts.errors import InvoiceNotIssued
from apps.payouts.invoices import LINES, converted
from apps.payouts.models import Payout, PayoutProof
from apps.payouts.operations import attach_payout_proof, file_invoice
from apps.payouts.operations.proving import SIZE_LIMIT
from apps.payouts.statements import statement_csv, statement_of

View = Callable[..., HttpResponseBase]
PROOFS = "payouts/proofs.html"


def _for(role: str) -> Callable[[View], View]:
    """Let only staff of the role in, with the payout that the address names."""

    def decorate(view: View) -> View:
        @wraps(view)
        def guarded(
            self: Any, request: HttpRequest, object_id: str, **more: Any
        ) -> HttpResponseBase:
            if not self.may(request, role):
                raise PermissionDenied
            return view(self, request, self.found(request, object_id), **more)

        return guarded

    return decorate


class FileViews:
    """The addresses below a payout's page."""

    admin_site: Any

    def get_urls(self) -> list[Any]:
        """Those of files before those of the record."""

        def at(route: str, view: View, name: str) -> Any:
            guarded = self.admin_site.admin_view(view)
            return path(f"<uuid:object_id>/{route}", guarded, name=f"payouts_payout_{name}")

        own = [
            at("transactions.csv", require_GET(self.csv_view), "csv"),
            at("invoice.pdf", require_GET(self.invoice_view), "invoice"),
            at("proofs/", require_POST(self.proofs_view), "proofs"),
            at("proofs/<uuid:proof_id>/", require_GET(self.proof_view), "proof"),
        ]
        return [*own, *super().get_urls()]  # type: ignore[misc]

    @_for(roles.SUPPORT)
    def csv_view(self, request: HttpRequest, payout: Payout) -> HttpResponseBase:
        """Every transaction."""
        prefer_replica()
        lines = (line.encode() for line in statement_csv(payout))
        response = StreamingHttpResponse(lines, content_type="text/csv; charset=utf-8")
        return _named(response, f"payout-{payout.invoice_number}.csv")

    @_for(roles.SUPPORT)
    def invoice_view(self, request: HttpRequest, payout: Payout) -> HttpResponseBase:
        """The invoice."""
        try:
            content = file_invoice(payout_id=payout.pk)
        except InvoiceNotIssued as error:
            raise Http404 from error
        response = HttpResponse(content, content_type="application/pdf")
        return _named(response, f"{payout.invoice_number}.pdf", is_attachment=False)

    @_for(roles.FINANCE)
    def proofs_view(self, request: HttpRequest, payout: Payout) -> HttpResponseBase:
        """Attach a file of the bank's."""
        file = request.FILES.get("file")
        errors: list[str] = []
        if file is None:
            errors = ["Choose a file."]
        elif (file.size or 0) > SIZE_LIMIT:
            errors = ["It is above 10 MB."]
        else:
            try:
                attach_payout_proof(
                    payout_id=payout.pk,
                    name=file.name or "",
                    content=file.read(),
                    origin=staff_origin(request, "", payout),
                )
            except DomainError as error:
                errors = refusals_of(error)
        return render(request, PROOFS, {"body": _proofs(payout, request, errors)})

    @_for(roles.FINANCE)
    def proof_view(self, request: HttpRequest, payout: Payout, proof_id: Any) -> HttpResponseBase:
        """Read one."""
        proof = PayoutProof.objects.filter(payout=payout, pk=proof_id).first()
        if proof is None or not proof.file.storage.exists(str(proof.file.name)):
            raise Http404
        response = FileResponse(proof.file.open("rb"), content_type=proof.content_type)
        return _named(response, proof.name)


@panel("payouts.payout", position=15, role=roles.SUPPORT)
def statement_of_payout(payout: Any, request: HttpRequest) -> Panel:
    """What it pays, in sums, and the files of it."""
    statement = statement_of(payout)
    amounts = {name: int(getattr(statement, name)) for name, _ in LINES}
    theirs: dict[str, int] = {}
    is_foreign = payout.account_currency != payout.currency and payout.account_amount is not None
    if is_foreign:
        theirs = converted(amounts, statement.total_amount, payout.account_amount)
    body = {
        "rows": [
            (title, amounts[name], theirs.get(name))
            for name, title in LINES
            if amounts[name] or name == "sales_amount"
        ],
        "total": statement.total_amount,
        "currency": payout.currency,
        "account_currency": payout.account_currency if is_foreign else "",
        "account_total": payout.account_amount,
        "csv_url": reverse("admin:payouts_payout_csv", args=[payout.pk]),
        "pdf_url": reverse("admin:payouts_payout_invoice", args=[payout.pk])
        if payout.invoice_issued_at
        else "",
        "number": payout.invoice_number,
    }
    return Panel(title="Statement", template="payouts/statement.html", body=body)


@panel("payouts.payout", position=16)
def proofs_of_payout(payout: Any, request: HttpRequest) -> Panel | None:
    """What the bank says of one that people make."""
    if not payout.is_manual:
        return None
    return Panel(title="The bank's word", template=PROOFS, body=_proofs(payout, request, []))


def _proofs(payout: Payout, request: HttpRequest, errors: list[str]) -> dict[str, Any]:
    is_finance = roles.reaches(request.user, roles.FINANCE)
    return {
        "files": [
            (
                one,
                reverse("admin:payouts_payout_proof", args=[payout.pk, one.pk])
                if is_finance
                else "",
            )
            for one in payout.proofs.order_by("created_at", "pk")
        ],
        "url": reverse("admin:payouts_payout_proofs", args=[payout.pk]),
        "can_attach": is_finance and payout.status != Payout.Status.CANCELED,
        "errors": errors,
    }


def _named(
    response: HttpResponseBase, name: str, *, is_attachment: bool = True
) -> HttpResponseBase:
    response["Content-Disposition"] = (
        content_disposition_header(is_attachment, name) or "attachment"
    )
    response["Cache-Control"] = "no-store"
    response["X-Content-Type-Options"] = "nosniff"
    return response
