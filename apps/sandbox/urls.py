"""Routes of the sandbox beside its API."""

from django.urls import path

from apps.sandbox.views import inbox

urlpatterns = [path("sandbox/inbox/<slug:slug>", inbox, name="sandbox-inbox")]
