"""Routes of the product endpoints."""

from django.urls import path

from apps.catalog.api.field_views import CustomFieldsView, CustomFieldView
from apps.catalog.api.portal import PortalOrganizationView
from apps.catalog.api.views import ProductsView, ProductView

urlpatterns = [
    path("customer-portal/organizations/<str:slug>", PortalOrganizationView.as_view()),
    path("custom-fields/", CustomFieldsView.as_view()),
    path("custom-fields/<str:id>", CustomFieldView.as_view()),
    path("products/", ProductsView.as_view()),
    path("products/<str:id>", ProductView.as_view()),
]
