"""Products and prices, for staff."""

from __future__ import annotations

from decimal import Decimal
from typing import Any, ClassVar

from django.contrib import admin
from django.db.models import Prefetch, QuerySet
from django.http import HttpRequest
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

from apps.catalog.models import Price, Product
from apps.catalog.operations import archive_product, restore_product
from apps.core.money import exponent, format_amount
from apps.core.origin import Origin
from apps.core.staff import columns, roles, show
from apps.core.staff.filters import presence
from apps.core.staff.panels import Panel, listing, panel, table
from apps.core.staff.records import RecordAdmin
from apps.core.staff.verbs import verb

VISIBILITY_TONES = {"draft": "plain", "private": "warn", "public": "good"}


def price_label(price: Price) -> SafeString:
    """What is asked: an amount, rates by quantity, nothing, or the buyer's choice."""
    if price.kind == Price.Kind.CUSTOM:
        return show.badge(f"{price.currency.upper()} pay what you want", "busy")
    if price.tiers:
        return _rates(price)
    if not price.fixed_amount:
        return show.badge(f"{price.currency.upper()} free", "good")
    return show.amount(price.fixed_amount, price.currency)


def _rates(price: Price) -> SafeString:
    """What one seat or unit costs, from the dearest tier to the cheapest."""
    rates = [Decimal(tier["unit_amount"]) for tier in price.tiers or ()]
    shown = dict.fromkeys(_rate(rate, price.currency) for rate in (max(rates), min(rates)))
    one = price.get_kind_display().lower()
    return format_html('<span class="bo-amount">{} a {}</span>', " to ".join(shown), one)


def _rate(rate: Decimal, currency: str) -> str:
    if rate == rate.to_integral_value():
        return format_amount(int(rate), currency)
    # A fraction of a minor unit, which no amount has.
    return f"{rate.scaleb(-exponent(currency)).normalize():f} {currency.upper()}"


def _living_prices(product: Product) -> SafeString:
    prices = [price for price in product.prices.all() if price.archived_at is None]
    return format_html_join(" ", "{}", ((price_label(price),) for price in prices))


def _billing(product: Product) -> str:
    if not product.recurring_interval:
        return "once"
    count = product.recurring_interval_count or 1
    plural = f"{count} {product.recurring_interval}s"
    return f"every {product.recurring_interval if count == 1 else plural}"


@admin.register(Product)
class ProductAdmin(RecordAdmin):
    """What is sold, the archived too."""

    icon = "inventory_2"
    actions_detail = ("archive", "restore")
    related = ("organization",)
    search_hint = "Name, organization or id"
    search_fields = ("name__icontains", "organization__slug")
    search_ids = ("id", "organization_id", "prices__id")
    search_is_plural = True
    list_filter = (
        "visibility",
        ("recurring_interval", admin.AllValuesFieldListFilter),
        presence("archived_at", "Archived", "archived", "on sale"),
        "created_at",
    )
    list_display = (
        columns.text("name"),
        columns.link("organization"),
        columns.column(_living_prices, "Prices", kind="prices"),
        columns.column(_billing, "Billed", order="recurring_interval"),
        columns.badge("visibility", VISIBILITY_TONES),
        columns.when("archived_at"),
        columns.when("created_at"),
        columns.code("id", tail=True),
    )
    ordering = ("-created_at",)
    facts: ClassVar = (
        (
            "Product",
            (
                "name",
                "organization",
                columns.code("id"),
                columns.badge("visibility", VISIBILITY_TONES),
                columns.column(_billing, "Billed"),
                "description",
                "created_at",
                "modified_at",
                "archived_at",
                "deleted_at",
            ),
        ),
        ("Tax and data", ("is_tax_applicable", "tax_code", "metadata")),
    )

    @verb(
        title="Archive",
        role=roles.SUPPORT,
        icon="archive",
        is_danger=True,
        text="It can no longer be bought. What was bought stays.",
        available=lambda product: product.archived_at is None and product.deleted_at is None,
    )
    def archive(self, product: Product, data: dict[str, Any], origin: Origin) -> str:
        """Take the product off sale."""
        archive_product(product_id=product.pk, origin=origin)
        return f"{product} is archived."

    @verb(
        title="Restore",
        role=roles.SUPPORT,
        icon="unarchive",
        text="It can be bought again.",
        available=lambda product: product.archived_at is not None and product.deleted_at is None,
    )
    def restore(self, product: Product, data: dict[str, Any], origin: Origin) -> str:
        """Put the product back on sale."""
        restore_product(product_id=product.pk, origin=origin)
        return f"{product} is for sale again."

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        """With the prices of the catalog, in one more query."""
        catalog = Price.objects.filter(source=Price.Source.CATALOG).order_by("created_at")
        return super().get_queryset(request).prefetch_related(Prefetch("prices", catalog))


@panel("catalog.product", position=10)
def prices_of_product(product: Any, request: HttpRequest) -> Panel:
    """All prices, current ones first."""
    return table(
        "Prices",
        Price.objects.filter(product=product).order_by("-archived_at", "created_at"),
        (
            columns.column(price_label, "Price", kind="prices"),
            columns.text("source"),
            columns.amount("minimum_amount"),
            columns.amount("preset_amount"),
            columns.amount("maximum_amount"),
            columns.text("tax_behavior", "Tax"),
            columns.when("created_at"),
            columns.when("archived_at"),
            columns.code("id", tail=True),
        ),
        empty="No price: the product cannot be bought.",
        limit=50,
    )


@panel("organizations.organization", position=30)
def products_of_organization(organization: Any, request: HttpRequest) -> Panel:
    """The latest products."""
    catalog = Price.objects.filter(source=Price.Source.CATALOG).order_by("created_at")
    return table(
        "Products",
        Product.objects.filter(organization=organization)
        .prefetch_related(Prefetch("prices", catalog))
        .order_by("-created_at"),
        (
            columns.text("name"),
            columns.column(_living_prices, "Prices", kind="prices"),
            columns.badge("visibility", VISIBILITY_TONES),
            columns.when("created_at"),
            columns.when("archived_at"),
        ),
        more=listing("catalog", "product", organization__id__exact=organization.pk),
        empty="No products yet.",
    )
