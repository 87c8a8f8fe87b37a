"""Routes of documents."""

from django.urls import path

from apps.payments import views

app_name = "payments"
urlpatterns = [path("documents/receipts/<str:token>", views.receipt, name="receipt")]
