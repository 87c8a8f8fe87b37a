"""The first page, and what a customer was given."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from apps.benefits.operations.downloading import download_url
from apps.benefits.selectors import downloadables_for, grants_for
from apps.customers.models import Customer
from apps.license_keys.selectors import keys_of_buyer
from apps.orders.selectors import orders_of_customer
from apps.organizations.defaults import filled
from apps.payments.models import PaymentMethod
from apps.portal.shown import card_line, frame, order_line, subscription_line
from apps.portal.visitors import Visitor, signed_in
from apps.subscriptions.models import Subscription

MOST = 100


@require_GET
@signed_in
def home(request: HttpRequest, visitor: Visitor) -> HttpResponse:
    """What goes on, what was bought last, and what it is paid with."""
    customer = visitor.customer
    context = frame(visitor.organization, visitor.member)
    if visitor.member.may_bill:
        subscriptions = Subscription.objects.filter(customer=customer).select_related("product")
        latest = orders_of_customer(customer.pk).order_by("-created_at", "-id")
        methods = PaymentMethod.objects.filter(customer=customer, deleted_at=None)
        context |= {
            "subscriptions": [
                subscription_line(row)
                for row in subscriptions.order_by("ended_at", "-started_at")[:20]
            ],
            "orders": [order_line(order) for order in latest[:5]],
            "cards": [
                card_line(row, customer.default_payment_method_id)
                for row in methods.order_by("-created_at")[:5]
            ],
        }
    settings = filled("customer_portal_settings", visitor.organization.customer_portal_settings)
    context["can_change_address"] = (
        settings["customer"]["allow_email_change"] and customer.type == Customer.Type.INDIVIDUAL
    )
    context["return_url"] = visitor.session.return_url
    return render(request, "portal/home.html", context)


@require_GET
@signed_in
def access(request: HttpRequest, visitor: Visitor) -> HttpResponse:
    """Keys, downloads, and whatever else comes with what was bought."""
    customer, member = visitor.customer, visitor.member
    grants = grants_for(customer, member).filter(granted_at__isnull=False)
    context = {
        **frame(visitor.organization, member),
        "keys": keys_of_buyer(customer, member).order_by("-created_at", "-id")[:MOST],
        "downloads": [
            {"name": row.file.name, "size": row.file.size, "url": download_url(row)}
            for row in downloadables_for(customer, member).order_by("-created_at", "-id")[:MOST]
        ],
        "grants": [
            {
                "title": grant.benefit.description,
                "note": (grant.benefit.properties or {}).get("note") or ""
                if grant.benefit.type == "custom"
                else "",
            }
            for grant in grants.exclude(
                benefit__type__in=("license_keys", "downloadables")
            ).order_by("-granted_at", "-id")[:MOST]
        ],
    }
    return render(request, "portal/access.html", context)
