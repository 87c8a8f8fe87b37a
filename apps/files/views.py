"""Content that comes in and goes out over our own addresses."""

from __future__ import annotations

from collections.abc import Iterator
from uuid import UUID

from django.http import FileResponse, HttpRequest, HttpResponse, HttpResponseBase, JsonResponse
from django.http.response import HttpResponseRedirect
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_GET, require_http_methods

from apps.core.clock import system_time
from apps.core.errors import DomainError
from apps.files.models import File
from apps.files.operations import receive_part
from apps.files.selectors import public_file
from apps.files.storage import storage
from apps.files.storage.local import CHUNK, LocalStorage

NO_CONTENT_MISTAKEN = {"X-Content-Type-Options": "nosniff"}


@csrf_exempt
@require_http_methods(["PUT"])
def upload_part(request: HttpRequest, token: str) -> HttpResponse:
    """One part of a file; `ETag` in the answer is its tag, as S3 answers."""
    try:
        tag = receive_part(token=token, chunks=_chunks(request))
    except DomainError as error:
        return JsonResponse({"error": error.code, "detail": error.detail}, status=error.status)
    return HttpResponse(headers={"ETag": f'"{tag}"'})


@require_GET
def public_content(request: HttpRequest, file_id: UUID) -> HttpResponseBase:
    """The content of a file that anybody may see."""
    file = public_file(file_id)
    if file is None:
        return HttpResponse(status=404)
    return send_content(file, is_attachment=False)


def send_content(file: File, *, is_attachment: bool = True) -> HttpResponseBase:
    """The content of a file, or the way to where it lies."""
    disk = storage()
    address = disk.download_address(file, system_time())
    if address is not None:
        return HttpResponseRedirect(address.url)
    assert isinstance(disk, LocalStorage)  # noqa: S101 -- the other kind has an address
    try:
        content = disk.open(file)
    except FileNotFoundError:
        return HttpResponse(status=404)
    return FileResponse(
        content,
        as_attachment=is_attachment,
        filename=file.name,
        content_type=file.mime_type,
        headers=NO_CONTENT_MISTAKEN,
    )


def _chunks(request: HttpRequest) -> Iterator[bytes]:
    while chunk := request.read(CHUNK):
        yield chunk
