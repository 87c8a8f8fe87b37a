"""Routes of the seat endpoints; fixed words come before ids."""

from django.urls import path

from apps.seats.api.claims import ClaimInfoView, ClaimView
from apps.seats.api.portal import PortalSeatResendView, PortalSeatsView, PortalSeatView
from apps.seats.api.views import SeatResendView, SeatsView, SeatView

_PORTAL = "customer-portal/seats"

urlpatterns = [
    path("customer-seats", SeatsView.as_view()),
    path("customer-seats/claim", ClaimView.as_view()),
    path("customer-seats/claim/<str:invitation_token>", ClaimInfoView.as_view()),
    path("customer-seats/<str:seat_id>", SeatView.as_view()),
    path("customer-seats/<str:seat_id>/resend", SeatResendView.as_view()),
    path(_PORTAL, PortalSeatsView.as_view()),
    path(f"{_PORTAL}/<str:seat_id>", PortalSeatView.as_view()),
    path(f"{_PORTAL}/<str:seat_id>/resend", PortalSeatResendView.as_view()),
]
