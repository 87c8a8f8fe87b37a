"""The reverse invoice of a payout over the merchant API."""

from __future__ import annotations

from typing import Any

from django.http import HttpResponse
from django.utils.http import content_disposition_header
from rest_framework.request import Request

from apps.api.schema import documented
from apps.payouts.api.presenters import PayoutBody, present_payout
from apps.payouts.api.serializers import InvoiceInput
from apps.payouts.api.views import READ, WRITE, PayoutViewBase
from apps.payouts.errors import InvoiceNotIssued, MissingInvoiceBillingDetails
from apps.payouts.operations import file_invoice, issue_reverse_invoice


class PayoutInvoiceView(PayoutViewBase):
    """The invoice: issued once, read as often as wanted."""

    scopes = {"GET": READ, "POST": WRITE}

    @documented(
        "Issue a payout's invoice",
        operation_id="payouts:issue_invoice",
        body=InvoiceInput,
        answer=PayoutBody,
        status=201,
        errors=(400, 404, 409, MissingInvoiceBillingDetails),
    )
    def post(self, request: Request, id: str) -> Any:
        """The payout, invoiced: number, seller and lines stand from then on."""
        payout = self.payout()
        values = self.read(InvoiceInput) if request._request.body else {}
        issue_reverse_invoice(
            payout_id=payout.pk,
            invoice_number=values.get("invoice_number"),
            origin=self.origin(),
        )
        return self.created(present_payout(self.payout()))

    @documented(
        "Download a payout's invoice",
        operation_id="payouts:invoice",
        media_type="application/pdf",
        errors=(404, InvoiceNotIssued),
    )
    def get(self, request: Request, id: str) -> Any:
        """The file, as a PDF."""
        payout = self.payout()
        response = HttpResponse(file_invoice(payout_id=payout.pk), content_type="application/pdf")
        name = content_disposition_header(True, f"{payout.invoice_number}.pdf")
        response["Content-Disposition"] = name or "attachment"
        return response
