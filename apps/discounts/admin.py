"""Discounts, for staff."""

from __future__ import annotations

from typing import Any, ClassVar

from django.contrib import admin
from django.http import HttpRequest
from django.urls import reverse
from django.utils.html import format_html_join
from django.utils.http import urlencode
from django.utils.safestring import SafeString
from djmoney.contrib.exchange.models import Rate

from apps.core.clock import system_time
from apps.core.origin import Origin
from apps.core.staff import columns, roles, show
from apps.core.staff.filters import presence
from apps.core.staff.panels import Panel, latest, listing, panel, table
from apps.core.staff.records import RecordAdmin
from apps.core.staff.verbs import verb
from apps.discounts.forms import EditForm, NewForm, first_moment, last_moment, value_label
from apps.discounts.models import Discount, Redemption
from apps.discounts.operations import (
    DiscountInput,
    create_discount,
    delete_discount,
    end_discount,
    plan_discount_end,
    update_discount,
)
from apps.discounts.selectors import is_redeemable

# It comes with a form; rates come from their source (`./manage.py update_rates`).
admin.site.unregister(Rate)


def _duration(discount: Discount) -> str:
    if discount.duration_in_months:
        return f"{discount.duration_in_months} months"
    return discount.duration


def _uses(discount: Discount) -> str:
    limit = discount.max_redemptions
    count = discount.redemptions_count
    return f"{count} of {limit}" if limit is not None else str(count)


def _products(discount: Discount) -> SafeString | str:
    products = list(discount.products.order_by("pk"))
    if not products:
        return "every product"
    return format_html_join(", ", "{}", ((show.link(product),) for product in products))


def _state(discount: Discount) -> SafeString:
    now = system_time() + discount.organization.clock_offset
    if discount.deleted_at is not None:
        return show.badge("deleted", "plain")
    if is_redeemable(discount, now):
        return show.badge("redeemable", "good")
    if discount.starts_at is not None and discount.starts_at > now:
        return show.badge("not yet", "busy")
    if discount.ends_at is not None and discount.ends_at < now:
        return show.badge("over", "plain")
    return show.badge("used up", "warn")


BRIEF = (
    columns.text("name"),
    columns.code("code"),
    columns.column(value_label, "Value", kind="amount"),
    columns.column(_duration, "Duration", kind="text"),
    columns.column(_uses, "Redeemed", kind="amount"),
    columns.column(_state, "State", kind="status"),
)


@admin.register(Discount)
class DiscountAdmin(RecordAdmin):
    """What merchants take off their prices."""

    icon = "sell"
    actions_list = ("create",)
    actions_detail = ("edit", "end", "remove")
    related = ("organization",)
    search_hint = "Name, code, organization or id"
    search_fields = ("name__icontains", "code__iexact", "organization__slug")
    search_ids = ("id", "organization_id")
    list_filter = (
        "type",
        "duration",
        presence("code", "Code", "with a code", "without"),
        presence("deleted_at", "Deleted", "deleted", "living"),
        "created_at",
    )
    list_display = (
        columns.text("name"),
        columns.code("code"),
        columns.column(value_label, "Value", kind="amount"),
        columns.column(_duration, "Duration", order="duration", kind="text"),
        columns.column(_uses, "Redeemed", order="redemptions_count", kind="amount"),
        columns.column(_state, "State", kind="status"),
        columns.link("organization"),
        columns.when("created_at"),
    )
    ordering = ("-created_at",)
    facts: ClassVar = (
        (
            "Discount",
            (
                columns.column(_state, "State", kind="status"),
                "name",
                columns.code("code"),
                columns.column(value_label, "Value"),
                columns.column(_duration, "Duration"),
                "organization",
                columns.code("id"),
                "created_at",
                "modified_at",
                "deleted_at",
            ),
        ),
        (
            "Limits",
            (
                columns.when("starts_at"),
                columns.when("ends_at"),
                columns.column(_uses, "Redeemed"),
                columns.text("max_redemptions_per_customer", "Uses per buyer"),
                columns.column(_products, "Products"),
                "metadata",
            ),
        ),
    )

    @verb(
        title="New discount",
        role=roles.SUPPORT,
        icon="add",
        submit="Create",
        form=NewForm,
        text="Type and duration cannot be changed later.",
    )
    def create(self, nothing: None, data: dict[str, Any], origin: Origin) -> str:
        """Make a discount for a merchant."""
        organization = data["organization"]
        discount = create_discount(
            organization=organization,
            data=DiscountInput(
                name=data["name"],
                type=data["type"],
                code=data["code"],
                basis_points=data.get("basis_points"),
                amounts=data.get("amounts"),
                duration=data["duration"],
                duration_in_months=data["duration_in_months"],
                starts_at=first_moment(data["starts_on"]),
                ends_at=last_moment(data["ends_on"]),
                max_redemptions=data["max_redemptions"],
                max_redemptions_per_customer=data["max_redemptions_per_customer"],
            ),
            origin=origin.on_clock(organization.clock_offset),
        )
        return f"{discount} was made for {organization}."

    @verb(
        title="Edit",
        role=roles.SUPPORT,
        icon="edit",
        submit="Save",
        form=EditForm,
        text="After the first redemption the value stays as it is.",
        available=lambda discount: discount.deleted_at is None,
    )
    def edit(self, discount: Discount, data: dict[str, Any], origin: Origin) -> str:
        """Change name, code, window and limits; before the first use the value too."""
        update_discount(discount_id=discount.pk, changes=data["changes"], origin=origin)
        return f"{data['name']} is saved." if data["changes"] else "Nothing was different."

    @verb(
        title="End",
        role=roles.SUPPORT,
        icon="event_busy",
        is_danger=True,
        text="Nobody can redeem it from now on.",
        available=lambda discount: discount.deleted_at is None,
        plan=lambda discount, data, origin: plan_discount_end(discount=discount, origin=origin),
    )
    def end(self, discount: Discount, data: dict[str, Any], origin: Origin) -> str:
        """Let nobody redeem it any more."""
        end_discount(discount_id=discount.pk, agreed=data["agreed"], origin=origin)
        return f"{discount} is over."

    @verb(
        title="Delete",
        role=roles.SUPPORT,
        icon="delete",
        is_danger=True,
        text="Nobody can redeem it any more and its code is free again. Who has it keeps it.",
        available=lambda discount: discount.deleted_at is None,
    )
    def remove(self, discount: Discount, data: dict[str, Any], origin: Origin) -> str:
        """Withdraw it."""
        delete_discount(discount_id=discount.pk, origin=origin)
        return f"{discount} is deleted."


@admin.register(Redemption)
class RedemptionAdmin(RecordAdmin):
    """Uses of discounts."""

    icon = "redeem"
    has_timeline = False
    related = ("discount", "customer", "discount__organization")
    search_hint = "Code, e-mail, checkout, subscription or id"
    search_fields = ("discount__code__iexact", "customer__email__icontains")
    search_ids = ("id", "discount_id", "customer_id", "checkout_id", "subscription_id")
    list_filter = (presence("subscription_id", "Subscription", "of a subscription", "of none"),)
    list_display = (
        columns.link("discount"),
        columns.link("customer"),
        columns.link("discount__organization", "Organization"),
        columns.when("created_at"),
    )
    ordering = ("-created_at",)
    facts: ClassVar = (
        (
            "Redemption",
            (
                columns.link("discount"),
                columns.link("customer"),
                columns.column(
                    lambda one: show.link_to("checkouts", "checkout", one.checkout_id), "Checkout"
                ),
                columns.column(
                    lambda one: show.link_to("subscriptions", "subscription", one.subscription_id),
                    "Subscription",
                ),
                columns.code("id"),
                "created_at",
            ),
        ),
    )


latest(
    "discounts.discount",
    Redemption,
    "discount",
    (
        columns.when("created_at"),
        columns.link("customer"),
        columns.column(
            lambda one: (
                show.link_to("checkouts", "checkout", one.checkout_id, "checkout")
                if one.checkout_id
                else show.blank()
            ),
            "Checkout",
            kind="link",
        ),
        columns.column(
            lambda one: (
                show.link_to("subscriptions", "subscription", one.subscription_id, "subscription")
                if one.subscription_id
                else show.blank()
            ),
            "Subscription",
            kind="link",
        ),
    ),
    title="Redemptions",
    position=20,
    related=("customer",),
    empty="Nobody has redeemed it yet.",
)


@panel("organizations.organization", position=45)
def discounts_of_organization(organization: Any, request: HttpRequest) -> Panel:
    """The latest discounts of a merchant."""
    verbs = []
    if roles.reaches(request.user, roles.SUPPORT):
        query = urlencode({"organization": organization.slug})
        verbs = [("New discount", f"{reverse('admin:discounts_discount_create')}?{query}")]
    return table(
        "Discounts",
        Discount.objects.filter(organization=organization)
        .select_related("organization")
        .order_by("-created_at"),
        BRIEF,
        more=listing("discounts", "discount", organization__id__exact=organization.pk),
        empty="No discounts yet.",
        verbs=verbs,
    )
