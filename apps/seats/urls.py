"""The page of an invitation."""

from django.urls import path

from apps.seats.views import claim_page

app_name = "seats"
urlpatterns = [path("seats/claim/<str:token>", claim_page, name="claim")]
