"""Routes of the product endpoints."""

from django.urls import path

from apps.catalog.api.views import ProductsView, ProductView

urlpatterns = [
    path("products/", ProductsView.as_view()),
    path("products/<str:id>", ProductView.as_view()),
]
