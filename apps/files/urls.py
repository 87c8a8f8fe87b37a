"""Addresses of content."""

from django.urls import path

from apps.files.views import public_content, upload_part

app_name = "files"

urlpatterns = [
    path("files/parts/<str:token>", upload_part, name="part"),
    path("files/<uuid:file_id>/content", public_content, name="content"),
]
