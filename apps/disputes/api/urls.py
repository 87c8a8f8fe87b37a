"""Routes of the dispute endpoints."""

from django.urls import path

from apps.disputes.api.replies import DisputeRepliesView
from apps.disputes.api.views import DisputeAcceptView, DisputesView, DisputeView

urlpatterns = [
    path("disputes/", DisputesView.as_view()),
    path("disputes/<str:id>", DisputeView.as_view()),
    path("disputes/<str:id>/accept", DisputeAcceptView.as_view()),
    path("disputes/<str:id>/replies", DisputeRepliesView.as_view()),
]
