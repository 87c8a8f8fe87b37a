"""Refusals about seats, named as the Polar API names them."""

from __future__ import annotations

from typing import ClassVar

from apps.core.errors import DomainError


class FeatureNotEnabled(DomainError):
    """The organization may not sell by the seat."""

    status: ClassVar[int] = 403
    message: ClassVar[str] = "Seats are not enabled for this organization."


class InvalidSeatAssignmentRequest(DomainError):
    """Nobody is named, or two are."""

    status: ClassVar[int] = 400
    message: ClassVar[str] = "Name the person on the seat in exactly one way."


class SeatNotAvailable(DomainError):
    """Every seat that was bought is taken."""

    status: ClassVar[int] = 400
    message: ClassVar[str] = "There is no seat left."


class SeatAlreadyAssigned(DomainError):
    """The person has one of these seats."""

    status: ClassVar[int] = 400
    message: ClassVar[str] = "This person has a seat already."


class SeatsNotGiven(DomainError):
    """What was bought gives no seats now: it was not paid, has ended, or was paid back."""

    status: ClassVar[int] = 400
    message: ClassVar[str] = "Seats can only be assigned while the purchase is in force."


class MemberEmailMismatch(DomainError):
    """The member that was named has another address."""

    status: ClassVar[int] = 400
    message: ClassVar[str] = "The member has another e-mail address than the one given."


class InvalidInvitationToken(DomainError):
    """There is no such invitation, it was used, or it has run out."""

    status: ClassVar[int] = 400
    message: ClassVar[str] = "This invitation is not valid, or not any more."


class SeatNotPending(DomainError):
    """Nobody is to be invited: the seat is claimed or revoked."""

    status: ClassVar[int] = 400
    message: ClassVar[str] = "Only the invitation of a pending seat can be sent again."


class TooManyInvitations(DomainError):
    """The person was written to often enough."""

    status: ClassVar[int] = 400
    message: ClassVar[str] = "This invitation was sent as often as one may be."
