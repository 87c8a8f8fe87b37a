"""Buyers, for staff."""

from __future__ import annotations

from datetime import timedelta
from typing import Any, ClassVar, Final
from uuid import UUID

from django.contrib import admin
from django.core.exceptions import BadRequest, PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.urls import URLPattern, path, reverse
from django.views.decorators.http import require_POST

from apps.core.clock import system_time
from apps.core.origin import Origin
from apps.core.staff import columns, roles
from apps.core.staff.filters import presence
from apps.core.staff.panels import Panel, Row, latest, panel, table
from apps.core.staff.records import RecordAdmin
from apps.core.staff.verbs import Reveal, staff_origin, verb
from apps.customers.forms import EmailForm, MergeForm
from apps.customers.holdings import holdings_of
from apps.customers.links import portal_url
from apps.customers.models import Customer, StateChange
from apps.customers.operations import (
    SessionInput,
    create_customer_session,
    delete_customer,
    export_customer_data,
    merge_customers,
    plan_change_email,
    plan_merge_customers,
    plan_restore_customer,
    restore_customer,
    update_customer,
)

MIN_REASON, MAX_REASON = 3, 500
# How long the way into the portal stays open.
PORTAL_LINK: Final = timedelta(hours=1)


@admin.register(Customer)
class CustomerAdmin(RecordAdmin):
    """Buyers of all organizations, the deleted among them."""

    icon = "group"
    actions_detail = ("change_email", "open_portal", "merge", "restore", "remove", "anonymize")
    related = ("organization",)
    search_hint = "E-mail, name, external id, cus_… or id"
    search_fields = (
        "email__icontains",
        "name__icontains",
        "billing_name__icontains",
        "external_id",
        "processor_customer_id",
        "organization__slug",
        "payment_methods__processor_id",
    )
    search_is_plural = True
    search_ids = ("id", "organization_id", "default_payment_method_id")
    list_filter = ("type", presence("deleted_at", "Deleted", "deleted", "living"), "created_at")
    list_display = (
        columns.column(str, "Customer", order="email", kind="text"),
        columns.text("name"),
        columns.link("organization"),
        columns.text("external_id", "External id"),
        columns.code("processor_customer_id", "Provider id", tail=True),
        columns.when("created_at"),
        columns.when("deleted_at"),
    )
    ordering = ("-created_at",)
    facts: ClassVar = (
        (
            "Customer",
            (
                columns.text("email", "E-mail"),
                columns.auto(Customer, "is_email_verified"),
                "name",
                "organization",
                "type",
                columns.code("id"),
                columns.code("external_id", "External id"),
                columns.code("processor_customer_id", "Provider id"),
                "created_at",
                "modified_at",
                "deleted_at",
                "anonymized_at",
            ),
        ),
        (
            "Billing",
            (
                "billing_name",
                columns.parts("billing_address"),
                columns.parts("tax_id", "Tax id"),
                "locale",
                columns.text("next_invoice_number", "Next invoice number"),
                columns.code("default_payment_method_id", "Default payment method"),
                "metadata",
            ),
        ),
    )

    def get_urls(self) -> list[URLPattern]:
        """With the export of what is held about a customer."""
        view = self.admin_site.admin_view(require_POST(self.export_view))
        own = path("<uuid:customer_id>/data.zip", view, name="customers_customer_export")
        return [own, *super().get_urls()]

    def export_view(self, request: HttpRequest, customer_id: UUID) -> HttpResponse:
        """The file; for a reason, which is kept."""
        if not self.may(request, roles.SUPPORT):
            raise PermissionDenied
        customer = self.found(request, str(customer_id))
        reason = request.POST.get("reason", "").strip()
        if not MIN_REASON <= len(reason) <= MAX_REASON:
            raise BadRequest("A reason is needed.")
        content = export_customer_data(
            customer_id=customer_id, origin=staff_origin(request, reason, customer)
        )
        response = HttpResponse(content, content_type="application/zip")
        response["Content-Disposition"] = f'attachment; filename="customer-{customer_id}.zip"'
        response["Cache-Control"] = "no-store"
        return response

    @verb(
        title="Change e-mail",
        role=roles.SUPPORT,
        icon="alternate_email",
        form=EmailForm,
        available=lambda customer: customer.deleted_at is None,
        plan=lambda customer, data, origin: plan_change_email(
            customer_id=customer.pk, email=data["email"], origin=origin
        ),
    )
    def change_email(self, customer: Customer, data: dict[str, Any], origin: Origin) -> str:
        """Give the customer another address."""
        changed = update_customer(
            customer_id=customer.pk, changes={"email": data["email"]}, origin=origin
        )
        return f"The address is {changed.email} now."

    @verb(
        title="Portal link",
        role=roles.SUPPORT,
        icon="link",
        text="Opens the customer's own pages for an hour, in the person of their owner. What is "
        "done there counts as done by the customer.",
        available=lambda customer: customer.deleted_at is None,
    )
    def open_portal(self, customer: Customer, data: dict[str, Any], origin: Origin) -> Reveal:
        """Make a session of the customer and show the way in."""
        _, token = create_customer_session(
            organization=customer.organization,
            data=SessionInput(customer_id=customer.pk),
            expires_at=system_time() + PORTAL_LINK,
            origin=origin,
        )
        address = portal_url(customer.organization, token)
        return Reveal("Portal link", address, "For the customer alone; it is good for an hour.")

    @verb(
        title="Merge into another",
        role=roles.SUPPORT,
        icon="merge",
        is_danger=True,
        form=MergeForm,
        text="The other customer gets everything this one has; this one is deleted. "
        "This cannot be undone.",
        available=lambda customer: customer.deleted_at is None,
        plan=lambda customer, data, origin: plan_merge_customers(
            customer_id=customer.pk, into_id=data["into"], origin=origin
        ),
    )
    def merge(self, customer: Customer, data: dict[str, Any], origin: Origin) -> str:
        """Make one customer of two."""
        kept = merge_customers(
            customer_id=customer.pk, into_id=data["into"], agreed=data["agreed"], origin=origin
        )
        return f"{kept} has everything now."

    @verb(
        title="Restore",
        role=roles.SUPPORT,
        icon="restore_from_trash",
        available=lambda customer: (
            customer.deleted_at is not None and customer.anonymized_at is None
        ),
        plan=lambda customer, data, origin: plan_restore_customer(
            customer_id=customer.pk, origin=origin
        ),
    )
    def restore(self, customer: Customer, data: dict[str, Any], origin: Origin) -> str:
        """Bring the customer back."""
        restore_customer(customer_id=customer.pk, agreed=data["agreed"], origin=origin)
        return f"{customer} is a customer again."

    @verb(
        title="Delete",
        role=roles.SUPPORT,
        icon="person_remove",
        is_danger=True,
        text="E-mail and external id become free again. Orders and payments stay.",
        available=lambda customer: customer.deleted_at is None,
    )
    def remove(self, customer: Customer, data: dict[str, Any], origin: Origin) -> str:
        """Delete the customer, keeping who they were."""
        delete_customer(customer_id=customer.pk, anonymize=False, origin=origin)
        return f"{customer} is deleted."

    @verb(
        title="Anonymize",
        role=roles.SUPPORT,
        icon="visibility_off",
        is_danger=True,
        text="Deletes the customer, hashes e-mail and names, removes the address. "
        "Orders and payments stay. This cannot be undone.",
        available=lambda customer: customer.anonymized_at is None,
    )
    def anonymize(self, customer: Customer, data: dict[str, Any], origin: Origin) -> str:
        """Delete the customer and forget who they were."""
        delete_customer(customer_id=customer.pk, anonymize=True, origin=origin)
        return "The customer is anonymized."


@panel("customers.customer", position=5)
def state_of_customer(customer: Any, request: HttpRequest) -> Panel:
    """What merchants are told that the customer has, in numbers."""
    holdings = holdings_of(customer.pk)
    counts = [len(holdings[part]) for part in ("active_subscriptions", "granted_benefits")]
    waiting = StateChange.objects.filter(customer=customer.pk).exists()
    return Panel(
        title="State",
        headers=[("Active subscriptions", "amount"), ("Granted benefits", "amount")],
        rows=[Row(url="", cells=[("amount", count) for count in counts])],
        note="A change is about to be told to the merchant." if waiting else "",
    )


@panel("customers.customer", position=95, role=roles.SUPPORT)
def data_of_customer(customer: Any, request: HttpRequest) -> Panel:
    """All that is held about them, to be handed out."""
    return Panel(
        title="Their data",
        template="customers/export.html",
        body={"url": reverse("admin:customers_customer_export", args=[customer.pk])},
    )


@panel("customers.customer", position=15)
def members_of_customer(customer: Any, request: HttpRequest) -> Panel:
    """Who acts for the customer; deleted members are marked."""
    return table(
        "Members",
        customer.members.order_by("created_at"),
        (
            columns.text("email", "E-mail"),
            columns.text("name"),
            columns.text("role"),
            columns.text("external_id", "External id"),
            columns.when("created_at"),
            columns.when("deleted_at"),
        ),
        empty="No members.",
    )


latest(
    "organizations.organization",
    Customer,
    "organization",
    (
        columns.column(str, "Customer", kind="text"),
        columns.text("name"),
        columns.text("external_id", "External id"),
        columns.when("created_at"),
    ),
    title="Customers",
    position=40,
    empty="No customers yet.",
)
