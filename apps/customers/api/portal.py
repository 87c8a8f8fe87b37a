"""The endpoints of customers themselves, who hold the token of a session."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, ClassVar, cast
from uuid import UUID

from django.conf import settings
from django.db.models import QuerySet
from rest_framework.authentication import BaseAuthentication
from rest_framework.request import Request

from apps.api.limits import require_within
from apps.api.pages import page_body, page_of, paginate_own
from apps.api.views import ApiView
from apps.core.clock import system_time
from apps.core.errors import NotPermitted, Unauthorized
from apps.core.origin import Actor, Door, Origin, build_origin
from apps.customers.models import Customer, CustomerSession, Member
from apps.customers.selectors import valid_customer_session
from apps.organizations.models import Organization

READ = ("customer_portal:read", "customer_portal:write")
WRITE = ("customer_portal:write",)


class CustomerSessionAuthentication(BaseAuthentication):
    """Makes `request.user` the organization and `request.auth` the customer's session."""

    def authenticate(self, request: Request) -> tuple[Organization, CustomerSession] | None:
        """
        The organization and the session, None without a credential.

        :raises Unauthorized: if the credential does not hold.
        """
        scheme, _, text = request.META.get("HTTP_AUTHORIZATION", "").partition(" ")
        if not scheme:
            return None
        session = None
        if scheme.lower() == "bearer":
            session = valid_customer_session(text.strip(), at=system_time())
        if session is None:
            raise Unauthorized()
        return session.organization, session

    def authenticate_header(self, request: Request) -> str:
        """The challenge of a 401."""
        return 'Bearer realm="polar"'


class PortalView(ApiView):
    """One path of the customer's own API. Who asks is `customer`, in the person of `member`."""

    authentication_classes: ClassVar[list[Any]] = [CustomerSessionAuthentication]  # type: ignore[misc]
    is_portal: ClassVar[bool] = True

    @property
    def customer(self) -> Customer:
        """The customer of the session."""
        return self.session.customer

    @property
    def member(self) -> Member:
        """The person of the session."""
        return self.session.member

    @property
    def session(self) -> CustomerSession:
        """The session that the request holds the token of."""
        return cast(CustomerSession, self.request.auth)

    def require_payer(self) -> None:
        """
        Pass if the person decides about what the customer pays.

        :raises NotPermitted: for a plain member of a team.
        """
        if not self.member.may_bill:
            raise NotPermitted("Only the owner and billing managers may do this.")

    def page_of_own(
        self, build: Callable[[UUID], QuerySet[Any]], present_all: Callable[[list[Any]], list[Any]]
    ) -> Any:
        """
        One page of what the customer pays for; nothing for a plain member of a team.

        `build` is called with the id that stands for the customer's, and uses nothing else of the
        request but its query parameters: its SQL serves every customer.
        """
        if not self.member.may_bill:
            return page_body([], 0, page_of(self.request)[1])
        return paginate_own(
            build,
            self.request,
            present_all,
            organization_id=self.customer.pk,
            name=type(self),
        )

    def origin(self) -> Origin:
        """The customer, by the clock of the organization."""
        return build_origin(
            actor=Actor.CUSTOMER,
            door=Door.API,
            actor_id=str(self.customer.pk),
            actor_label="Customer",
            clock_offset=self.organization.clock_offset,
        )

    def idempotency_scope(self) -> UUID | None:
        """Keys of customers are looked up among those of the same customer."""
        return self.customer.pk

    def count_request(self) -> None:
        """Count the request against the limit of the customer, not of the merchant."""
        require_within(
            "customer", str(self.session.customer_id), [(settings.API_RATE_CUSTOMER, 60)]
        )
