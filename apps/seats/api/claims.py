"""What invited people ask, without a credential but the token of their invitation."""

from __future__ import annotations

from datetime import timedelta
from typing import Any, Final

from rest_framework.request import Request

from apps.api.schema import documented
from apps.api.views import ApiView
from apps.core.clock import system_time
from apps.core.errors import ResourceNotFound
from apps.core.origin import Actor, Door, Origin, build_origin
from apps.seats.api.presenters import ClaimedBody, ClaimInfoBody, present_seat
from apps.seats.api.serializers import SeatClaimInput
from apps.seats.errors import InvalidInvitationToken
from apps.seats.models import CustomerSeat
from apps.seats.operations import claim_seat
from apps.seats.selectors import find_container, holds, invited_seat, require_feature

SESSION_LIFETIME: Final = timedelta(hours=1)


class ClaimInfoView(ApiView):
    """An invitation, looked at: programs that read mails may do so as often as they like."""

    is_public = True

    @documented(
        "Get claim info",
        operation_id="customer_seats:get_claim_info",
        answer=ClaimInfoBody,
        errors=(400, 403, 404),
    )
    def get(self, request: Request, invitation_token: str) -> Any:
        """
        What it invites to.

        :raises ResourceNotFound: if it holds no more.
        """
        try:
            seat = invited_seat(invitation_token)
        except InvalidInvitationToken as error:
            raise ResourceNotFound from error
        require_feature(seat.organization)
        at = origin_of(seat, Door.API).at
        if not holds(seat, at=at) or seat.member is None:
            raise ResourceNotFound
        container = find_container(seat, at=at)
        if container.product is None:
            raise ResourceNotFound
        body: ClaimInfoBody = {
            "product_name": container.product.name,
            "product_id": container.product.pk,
            "organization_name": seat.organization.name,
            "organization_slug": seat.organization.slug,
            "customer_email": seat.member.email,
            "can_claim": container.gives,
        }
        return body


class ClaimView(ApiView):
    """Accepting an invitation."""

    is_public = True

    @documented(
        "Claim a seat",
        operation_id="customer_seats:claim",
        body=SeatClaimInput,
        answer=ClaimedBody,
        errors=(400, 403),
    )
    def post(self, request: Request) -> Any:
        """The seat, and the token of an hour's session in the customer's pages."""
        token = self.read(SeatClaimInput)["invitation_token"]
        claimed = claim_seat(
            token=token,
            session_expires_at=system_time() + SESSION_LIFETIME,
            origin=origin_of(invited_seat(token), Door.API),
        )
        body: ClaimedBody = {
            "seat": present_seat(claimed.seat),
            "customer_session_token": claimed.token,
        }
        return body


def origin_of(seat: CustomerSeat, door: Door) -> Origin:
    """The invited person, by the clock of the organization."""
    return build_origin(
        actor=Actor.CUSTOMER,
        door=door,
        actor_id=str(seat.member_id or ""),
        actor_label="Invited person",
        clock_offset=seat.organization.clock_offset,
    )
