"""Every write to seats."""

from apps.seats.operations.aligning import align_seats, release_seats_of_member
from apps.seats.operations.assigning import assign_seat, plan_assign_seat, seat_buyer
from apps.seats.operations.claiming import Claimed, claim_seat
from apps.seats.operations.inviting import plan_resend_invitation, resend_invitation
from apps.seats.operations.people import SeatTarget
from apps.seats.operations.revoking import plan_revoke_seat, revoke_seat

__all__ = [
    "Claimed",
    "SeatTarget",
    "align_seats",
    "assign_seat",
    "claim_seat",
    "plan_assign_seat",
    "plan_resend_invitation",
    "plan_revoke_seat",
    "release_seats_of_member",
    "resend_invitation",
    "revoke_seat",
    "seat_buyer",
]
