"""Buyers, for staff."""

from __future__ import annotations

from typing import Any, ClassVar

from django.contrib import admin
from django.http import HttpRequest

from apps.core.staff import columns
from apps.core.staff.panels import Panel, listing, panel, table
from apps.core.staff.records import RecordAdmin
from apps.customers.models import Customer


@admin.register(Customer)
class CustomerAdmin(RecordAdmin):
    """Buyers of all organizations, the deleted among them."""

    icon = "group"
    related = ("organization",)
    search_hint = "E-mail, name, external id, cus_… or id"
    search_fields = (
        "email__icontains",
        "name__icontains",
        "billing_name__icontains",
        "external_id",
        "processor_customer_id",
        "organization__slug",
    )
    search_ids = ("id", "organization_id", "default_payment_method_id")
    list_filter = ("type", ("deleted_at", admin.EmptyFieldListFilter), "created_at")
    list_display = (
        columns.column(str, "Customer", order="email", kind="text"),
        columns.text("name"),
        columns.link("organization"),
        columns.text("external_id", "External id"),
        columns.code("processor_customer_id", "Provider id"),
        columns.when("created_at"),
        columns.when("deleted_at"),
        columns.code("id", tail=True),
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
                "billing_address",
                columns.auto(Customer, "tax_id"),
                "locale",
                columns.text("next_invoice_number", "Next invoice number"),
                columns.code("default_payment_method_id", "Default payment method"),
                "metadata",
            ),
        ),
    )


@panel("organizations.organization", position=40)
def customers_of_organization(organization: Any, request: HttpRequest) -> Panel:
    """The latest customers."""
    return table(
        "Customers",
        Customer.objects.filter(organization=organization).order_by("-created_at"),
        (
            columns.column(str, "Customer", kind="text"),
            columns.text("name"),
            columns.text("external_id", "External id"),
            columns.when("created_at"),
        ),
        more=listing("customers", "customer", organization__id__exact=organization.pk),
        empty="No customers yet.",
    )
