"""Routes of the test clock."""

from django.urls import path

from apps.sandbox.api.views import TestClockView

urlpatterns = [path("test-clock", TestClockView.as_view())]
