"""Files over the merchant API."""

from __future__ import annotations

from typing import Any

from django.db.models import QuerySet
from django.http import HttpResponse
from rest_framework.request import Request

from apps.api.filters import among
from apps.api.schema import documented
from apps.api.views import ApiView
from apps.files.api.presenters import AnyFile, FileUploadBody, present_file, present_upload
from apps.files.api.serializers import (
    FileCreateInput,
    FilePatchInput,
    FileUploadedInput,
    file_input,
    parts_done,
)
from apps.files.models import File
from apps.files.operations import begin_upload, complete_upload, delete_file, update_file
from apps.files.selectors import living_files

READ = ("files:read", "files:write")
WRITE = ("files:write",)


class FilesView(ApiView):
    """The files of an organization."""

    scopes = {"GET": READ, "POST": WRITE}
    is_atomic = False

    @documented(
        "List files",
        operation_id="files:list",
        answer=AnyFile,
        is_list=True,
        query=("organization_id", "ids"),
    )
    def get(self, request: Request) -> Any:
        """One page, the latest first."""
        return self.page(self._listed, present_file)

    @documented(
        "Create a file",
        operation_id="files:create",
        body=FileCreateInput,
        answer=FileUploadBody,
        status=201,
    )
    def post(self, request: Request) -> Any:
        """The new file, and where to send its parts."""
        values = self.read(FileCreateInput)
        self.refuse_organization_id(values)
        file = begin_upload(
            organization=self.organization, data=file_input(values), origin=self.origin()
        )
        return self.created(present_upload(file))

    def _listed(self) -> QuerySet[File]:
        query = self.query
        rows = among(
            living_files(self.organization).filter(uploaded_at__isnull=False),
            **query.ids("organization_id"),
        )
        if (ids := query.uuids("ids")) is not None:
            rows = rows.filter(pk__in=ids)
        return rows.order_by("-created_at", "-id")


class FileUploadedView(ApiView):
    """The end of an upload."""

    scopes = {"POST": WRITE}
    is_atomic = False

    @documented(
        "Complete a file upload",
        operation_id="files:uploaded",
        body=FileUploadedInput,
        answer=AnyFile,
        errors=(403, 404),
    )
    def post(self, request: Request, id: str) -> Any:
        """The file, complete."""
        file = living_files(self.organization).get_or_refuse(pk=self.id_from())
        done = parts_done(self.read(FileUploadedInput))
        return present_file(complete_upload(file_id=file.pk, parts=done, origin=self.origin()))


class FileView(ApiView):
    """One file."""

    scopes = {"PATCH": WRITE, "DELETE": WRITE}

    @documented(
        "Update a file",
        operation_id="files:update",
        body=FilePatchInput,
        answer=AnyFile,
        errors=(403, 404),
    )
    def patch(self, request: Request, id: str) -> Any:
        """The file, renamed."""
        file = living_files(self.organization).get_or_refuse(pk=self.id_from())
        changes = self.read(FilePatchInput)
        return present_file(update_file(file_id=file.pk, changes=changes, origin=self.origin()))

    @documented("Delete a file", operation_id="files:delete", status=204, errors=(403, 404))
    def delete(self, request: Request, id: str) -> HttpResponse:
        """Nothing; the file is gone."""
        file = living_files(self.organization).get_or_refuse(pk=self.id_from())
        delete_file(file_id=file.pk, origin=self.origin())
        return self.no_content()
