"""Subscriptions, and the cards they are charged to, for the customer who pays them."""

from __future__ import annotations

from typing import Any, ClassVar
from uuid import UUID

from django.db.models import QuerySet
from django.http import HttpResponse
from drf_spectacular.utils import PolymorphicProxySerializer
from rest_framework.request import Request

from apps.api.filters import among
from apps.api.pages import sorting
from apps.api.schema import documented
from apps.core.errors import ResourceNotFound
from apps.customers.api.portal import READ, WRITE, PortalView
from apps.payments.models import PaymentMethod
from apps.subscriptions.api.bodies import CustomerSubscriptionBody
from apps.subscriptions.api.portal_presenters import present_customer_subscriptions
from apps.subscriptions.api.portal_updates import OWN_FORMS, carry_out_own, own_form
from apps.subscriptions.models import Subscription
from apps.subscriptions.operations import cancel_subscription
from apps.subscriptions.operations.methods import remove_payment_method
from apps.subscriptions.states import ACTIVE

SORTING = {
    "started_at": "started_at",
    "amount": "amount",
    "status": "status",
    "organization": "organization__name",
    "product": "product__name",
}


class PortalSubscriptionsView(PortalView):
    """The subscriptions of a customer."""

    scopes = {"GET": READ}

    @documented(
        "List subscriptions",
        operation_id="customer_portal:subscriptions:list",
        answer=CustomerSubscriptionBody,
        is_list=True,
        sorting=SORTING,
        query=("product_id", "active", "query"),
    )
    def get(self, request: Request) -> Any:
        """One page."""
        organization = self.organization
        return self.page_of_own(
            self._listed, lambda rows: present_customer_subscriptions(rows, organization)
        )

    def _listed(self, customer_id: UUID) -> QuerySet[Subscription]:
        query = self.query
        rows = among(
            Subscription.objects.filter(customer_id=customer_id), **query.ids("product_id")
        )
        if (is_active := query.boolean("active")) is not None:
            rows = rows.filter(status__in=ACTIVE) if is_active else rows.exclude(status__in=ACTIVE)
        if text := query.text("query"):
            rows = rows.filter(product__name__icontains=text)
        return rows.order_by(*sorting(self.request, SORTING, ["-started_at"]))


class PortalSubscriptionView(PortalView):
    """One subscription."""

    scopes = {"GET": READ, "PATCH": WRITE, "DELETE": WRITE}
    # A change that has to be paid for commits before the processor is asked.
    is_atomic: ClassVar[bool] = False

    @documented(
        "Get a subscription",
        operation_id="customer_portal:subscriptions:get",
        answer=CustomerSubscriptionBody,
        errors=(404,),
    )
    def get(self, request: Request, id: str) -> Any:
        """The subscription."""
        return self._shown()

    @documented(
        "Update a subscription",
        operation_id="customer_portal:subscriptions:update",
        body=PolymorphicProxySerializer(
            component_name="CustomerSubscriptionUpdate",
            serializers=list(OWN_FORMS),
            resource_type_field_name=None,
        ),
        answer=CustomerSubscriptionBody,
        errors=(402, 403, 404, 409),
    )
    def patch(self, request: Request, id: str) -> Any:
        """The subscription, changed: by exactly one of the bodies."""
        subscription = self._subscription()
        form = own_form(self.body())
        carry_out_own(subscription, form, self.read(form, is_strict=True), self.origin())
        return self._shown()

    @documented(
        "Cancel a subscription",
        operation_id="customer_portal:subscriptions:cancel",
        answer=CustomerSubscriptionBody,
        errors=(403, 404, 409),
    )
    def delete(self, request: Request, id: str) -> Any:
        """The subscription, which ends with its period."""
        cancel_subscription(subscription_id=self._subscription().pk, origin=self.origin())
        return self._shown()

    def _shown(self) -> CustomerSubscriptionBody:
        return present_customer_subscriptions([self._subscription()], self.organization)[0]

    def _subscription(self) -> Subscription:
        rows = Subscription.objects.filter(customer_id=self.customer.pk)
        found = rows.filter(pk=self.id_from()).first()
        if found is None or not self.member.may_bill:
            raise ResourceNotFound
        found.organization = self.organization
        return found


class PortalPaymentMethodView(PortalView):
    """One saved method of a customer; subscriptions may need it."""

    scopes = {"DELETE": WRITE}

    @documented(
        "Delete a payment method",
        operation_id="customer_portal:customers:delete_payment_method",
        status=204,
        errors=(400, 404),
    )
    def delete(self, request: Request, payment_method_id: str) -> HttpResponse:
        """Nothing; it is gone. Subscriptions go over to another method, if there is one."""
        rows = PaymentMethod.objects.filter(customer_id=self.customer.pk, deleted_at=None)
        method = rows.filter(pk=self.id_from("payment_method_id")).first()
        if method is None or not self.member.may_bill:
            raise ResourceNotFound
        remove_payment_method(payment_method_id=method.pk, origin=self.origin())
        return self.no_content()
