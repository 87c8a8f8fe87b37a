"""Checkouts for buyers, who hold a client secret and nothing else."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from rest_framework.request import Request

from apps.api.idempotency import key_of
from apps.api.schema import documented
from apps.api.views import ApiView
from apps.checkouts.api.bodies import ConfirmedCheckoutBody, PublicCheckoutBody
from apps.checkouts.api.limits import count_confirmation
from apps.checkouts.api.presenters import present_confirmed_checkout, present_public_checkout
from apps.checkouts.api.serializers import ConfirmInput, PublicUpdateInput
from apps.checkouts.models import Checkout
from apps.checkouts.operations import confirm_checkout, update_checkout
from apps.checkouts.operations.entering import open_portal
from apps.checkouts.selectors import checkout_by_secret
from apps.core.clock import system_time
from apps.core.origin import Actor, Door, Origin, build_origin
from apps.customers.api.session_views import LIFETIME as SESSION_LIFETIME


class ClientViewBase(ApiView):
    """What the buyer's endpoints share."""

    is_public = True
    # The confirmation commits in steps.
    is_atomic = False

    def checkout(self) -> Checkout:
        """The checkout of the secret in the path, as it is now."""
        return checkout_by_secret(self.kwargs["client_secret"], at=system_time())

    def idempotency_scope(self) -> UUID | None:
        """Keys of buyers are looked up among those of their checkout."""
        return self.checkout().pk

    def buyer(self, checkout: Checkout) -> Origin:
        """The buyer, by the clock of the checkout's organization."""
        return build_origin(
            actor=Actor.CUSTOMER,
            door=Door.CHECKOUT,
            actor_id=str(checkout.customer_id or ""),
            actor_label="Buyer",
            clock_offset=checkout.organization.clock_offset,
        )


class ClientCheckoutView(ClientViewBase):
    """A checkout in the hands of its buyer."""

    @documented(
        "Get a checkout session from its client secret",
        operation_id="checkouts:client_get",
        answer=PublicCheckoutBody,
        errors=(403, 404, 410),
    )
    def get(self, request: Request, client_secret: str) -> Any:
        """The checkout."""
        return present_public_checkout(self.checkout())

    @documented(
        "Update a checkout session from its client secret",
        operation_id="checkouts:client_update",
        body=PublicUpdateInput,
        answer=PublicCheckoutBody,
        errors=(403, 404, 409, 410),
    )
    def patch(self, request: Request, client_secret: str) -> Any:
        """The checkout, changed."""
        checkout = self.checkout()
        update_checkout(
            checkout_id=checkout.pk,
            changes=self.read(PublicUpdateInput),
            origin=self.buyer(checkout),
        )
        return present_public_checkout(self.checkout())


class ClientConfirmView(ClientViewBase):
    """The buyer's decision to pay."""

    @documented(
        "Confirm a checkout session from its client secret",
        operation_id="checkouts:client_confirm",
        body=ConfirmInput,
        answer=ConfirmedCheckoutBody,
        errors=(400, 403, 404, 409, 410),
    )
    def post(self, request: Request, client_secret: str) -> Any:
        """The checkout, confirmed; its payment may need the buyer's authentication."""
        checkout = self.checkout()
        count_confirmation(client_secret)
        changes = self.read(ConfirmInput)
        token_id = changes.pop("confirmation_token_id", None)
        confirm_checkout(
            checkout_id=checkout.pk,
            changes=changes,
            confirmation_token_id=token_id,
            origin=self.buyer(checkout),
        )
        confirmed = self.checkout()
        return present_confirmed_checkout(confirmed, self._portal_token(confirmed))

    def _portal_token(self, checkout: Checkout) -> str | None:
        """The buyer's way on to their own pages; not in an answer that is kept for its key."""
        if key_of(self.request._request) is not None:
            return None
        return open_portal(
            checkout=checkout,
            expires_at=system_time() + SESSION_LIFETIME,
            origin=self.buyer(checkout),
        )
