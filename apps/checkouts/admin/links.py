"""Checkout links, for staff."""

from __future__ import annotations

from typing import Any, ClassVar

from django.contrib import admin
from django.http import HttpRequest
from django.utils.html import format_html_join
from django.utils.safestring import SafeString

from apps.checkouts.admin.checkouts import BRIEF as CHECKOUT
from apps.checkouts.link_selectors import products_of, with_offers
from apps.checkouts.links import link_url
from apps.checkouts.models import Checkout, CheckoutLink
from apps.checkouts.operations import delete_link
from apps.core.origin import Origin
from apps.core.staff import columns, roles, show
from apps.core.staff.filters import presence
from apps.core.staff.panels import Panel, latest, listing, panel, table
from apps.core.staff.records import RecordAdmin
from apps.core.staff.verbs import verb


def _address(link: CheckoutLink) -> SafeString:
    return show.code(link_url(link))


def _short_address(link: CheckoutLink) -> SafeString:
    return show.code(link_url(link), tail=True)


def _state(link: CheckoutLink) -> SafeString:
    return show.badge("living", "good") if link.deleted_at is None else show.badge("deleted")


def _products(link: CheckoutLink) -> SafeString:
    shown = with_offers(CheckoutLink.objects.filter(pk=link.pk)).get()
    pages = ((show.link(product),) for product in products_of(shown))
    return format_html_join(", ", "{}", pages) or show.blank()


def _trial(link: CheckoutLink) -> str | SafeString:
    if link.trial_interval is None:
        return show.blank()
    return f"{link.trial_interval_count} × {link.trial_interval}"


BRIEF = (
    columns.column(str, "Link", kind="text"),
    columns.column(_short_address, "Address", kind="code"),
    columns.column(_state, "State", kind="status"),
    columns.when("created_at"),
)


@admin.register(CheckoutLink)
class CheckoutLinkAdmin(RecordAdmin):
    """What merchants publish so that people can buy."""

    icon = "add_link"
    actions_detail = ("withdraw",)
    related = ("organization", "discount")
    search_hint = "Label, address, organization or id"
    search_fields = ("label__icontains", "client_secret", "organization__slug")
    search_ids = ("id", "organization_id")
    list_filter = (presence("deleted_at", "Deleted", "deleted", "living"), "created_at")
    list_display = (
        columns.column(str, "Link", order="label", kind="text"),
        columns.column(_short_address, "Address", kind="code"),
        columns.column(_state, "State", kind="status"),
        columns.link("discount"),
        columns.link("organization"),
        columns.when("created_at"),
    )
    ordering = ("-created_at",)
    facts: ClassVar = (
        (
            "Link",
            (
                columns.column(_state, "State", kind="status"),
                columns.column(_address, "Address", kind="code"),
                columns.text("label"),
                columns.column(_products, "Products"),
                "organization",
                columns.code("id"),
                "created_at",
                "modified_at",
                "deleted_at",
            ),
        ),
        (
            "What its checkouts have",
            (
                columns.link("discount"),
                columns.text("seats", "Seats"),
                columns.text("units", "Units"),
                columns.column(_trial, "Trial"),
                "allow_discount_codes",
                "require_billing_address",
                "success_url",
                "return_url",
                "metadata",
            ),
        ),
    )

    @verb(
        title="Delete",
        role=roles.SUPPORT,
        icon="link_off",
        is_danger=True,
        text="Whoever opens it is told that it was withdrawn. Checkouts made before stay payable.",
        available=lambda link: link.deleted_at is None,
    )
    def withdraw(self, link: CheckoutLink, data: dict[str, Any], origin: Origin) -> str:
        """Let it lead nowhere."""
        delete_link(link_id=link.pk, origin=origin)
        return f"{link} is deleted."


latest(
    "checkouts.checkoutlink",
    Checkout,
    "link",
    CHECKOUT,
    title="Checkouts",
    position=20,
    empty="Nobody has opened it yet.",
)


@panel("organizations.organization", position=47)
def links_of_organization(organization: Any, request: HttpRequest) -> Panel:
    """The latest links of a merchant."""
    return table(
        "Checkout links",
        CheckoutLink.objects.filter(organization=organization).order_by("-created_at"),
        BRIEF,
        more=listing("checkouts", "checkoutlink", organization__id__exact=organization.pk),
        empty="No checkout links yet.",
    )


@panel("catalog.product", position=35)
def links_of_product(product: Any, request: HttpRequest) -> Panel:
    """The latest links that offer a product."""
    rows = CheckoutLink.objects.filter(offers__product=product, deleted_at=None)
    return table("Checkout links", rows.order_by("-created_at"), BRIEF, empty="On no link.")
