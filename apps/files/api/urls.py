"""Routes of the file endpoints."""

from django.urls import path

from apps.files.api.views import FilesView, FileUploadedView, FileView

urlpatterns = [
    path("files/", FilesView.as_view()),
    path("files/<str:id>", FileView.as_view()),
    path("files/<str:id>/uploaded", FileUploadedView.as_view()),
]
