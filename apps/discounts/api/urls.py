"""Routes of the discount endpoints."""

from django.urls import path

from apps.discounts.api.views import DiscountsView, DiscountView

urlpatterns = [
    path("discounts/", DiscountsView.as_view()),
    path("discounts/<str:id>", DiscountView.as_view()),
]
