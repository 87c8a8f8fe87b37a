"""Files in S3, or what speaks like it: parts go there directly, and are put together there."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any, Final

from botocore.exceptions import BotoCoreError, ClientError
from django.core.files.storage import Storage as DjangoStorage

from apps.core.errors import Unavailable
from apps.files.errors import UploadIncomplete
from apps.files.inputs import PartDone
from apps.files.models import File, FilePart
from apps.files.storage.base import Address, Completed

LIFETIME: Final = timedelta(hours=1)
# Its word for parts that are not there, or not what they should be.
_REFUSED: Final = frozenset(
    {"InvalidPart", "InvalidPartOrder", "EntityTooSmall", "BadDigest", "InvalidRequest"}
)


def is_s3(disk: object) -> bool:
    """Whether a storage of Django's is a bucket."""
    return hasattr(disk, "bucket_name") and hasattr(disk, "connection")


class S3Storage:
    """A bucket by the credentials of django-storages."""

    def __init__(self, disk: DjangoStorage) -> None:
        self._disk: Any = disk

    @property
    def _client(self) -> Any:
        return self._disk.connection.meta.client

    @property
    def _bucket(self) -> str:
        return str(self._disk.bucket_name)

    def begin(self, file: File) -> str:
        """An upload in parts, checked by SHA-256."""
        answer = self._ask(
            "create_multipart_upload",
            Key=file.path,
            ContentType=file.mime_type,
            ChecksumAlgorithm="SHA256",
        )
        return str(answer["UploadId"])

    def part_address(self, file: File, part: FilePart, now: datetime) -> Address:
        """An address of the bucket, signed for this part and its checksum."""
        asked: dict[str, Any] = {
            "Bucket": self._bucket,
            "Key": file.path,
            "UploadId": file.upload_id,
            "PartNumber": part.number,
        }
        headers: dict[str, str] = {}
        if part.checksum:
            asked["ChecksumSHA256"] = part.checksum
            headers["x-amz-checksum-sha256"] = part.checksum
        seconds = int(LIFETIME.total_seconds())
        url = self._client.generate_presigned_url("upload_part", asked, ExpiresIn=seconds)
        return Address(url=url, expires_at=now + LIFETIME, headers=headers)

    def complete(self, file: File, parts: Sequence[PartDone]) -> Completed:
        """The parts, put together there."""
        rows: list[dict[str, Any]] = []
        for done in sorted(parts, key=lambda part: part.number):
            row: dict[str, Any] = {"PartNumber": done.number, "ETag": done.etag}
            if done.checksum:
                row["ChecksumSHA256"] = done.checksum
            rows.append(row)
        answer = self._ask(
            "complete_multipart_upload",
            Key=file.path,
            UploadId=file.upload_id,
            MultipartUpload={"Parts": rows},
        )
        size = self._ask("head_object", Key=file.path)["ContentLength"]
        if size != file.size:
            raise UploadIncomplete(f"{file.size} bytes were announced, {size} came.")
        return Completed(
            etag=str(answer.get("ETag", "")).strip('"'), version=str(answer.get("VersionId", ""))
        )

    def download_address(self, file: File, now: datetime) -> Address | None:
        """An address of the bucket, with the name that the file is to have."""
        name = file.name.replace('"', "").replace("\\", "")
        asked = {
            "Bucket": self._bucket,
            "Key": file.path,
            "ResponseContentDisposition": f'attachment; filename="{name}"',
            "ResponseContentType": file.mime_type,
        }
        seconds = int(LIFETIME.total_seconds())
        url = self._client.generate_presigned_url("get_object", asked, ExpiresIn=seconds)
        return Address(url=url, expires_at=now + LIFETIME)

    def read(self, file: File) -> bytes:
        """All of the content at once."""
        content: bytes = self._ask("get_object", Key=file.path)["Body"].read()
        return content

    def delete(self, file: File) -> None:
        """Remove the content; an upload that was never completed is given up."""
        if file.uploaded_at is None and file.upload_id:
            self._ask(
                "abort_multipart_upload", ignore=("NoSuchUpload",), Key=file.path,
                UploadId=file.upload_id,
            )  # fmt: skip
        self._ask("delete_object", Key=file.path)

    def _ask(self, verb: str, *, ignore: Sequence[str] = (), **facts: Any) -> dict[str, Any]:
        try:
            answer: dict[str, Any] = getattr(self._client, verb)(Bucket=self._bucket, **facts)
        except ClientError as error:
            code = error.response.get("Error", {}).get("Code", "")
            if code in ignore:
                return {}
            if code in _REFUSED:
                raise UploadIncomplete(error.response["Error"].get("Message")) from error
            raise Unavailable(f"The storage refused: {code}") from error
        except BotoCoreError as error:
            raise Unavailable("The storage was not reached.") from error
        return answer
