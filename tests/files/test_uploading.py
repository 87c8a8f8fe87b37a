"""Files come in parts, are checked, and lie where the storage says."""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import requests
from django.core.files.storage import storages
from django.test import Client

from apps.core.errors import ResourceNotFound, ValidationFailed
from apps.files.api.presenters import present_upload, readable_size
from apps.files.errors import UploadIncomplete
from apps.files.models import File
from apps.files.operations import (
    FileInput,
    PartDone,
    PartInput,
    begin_upload,
    complete_upload,
    delete_file,
    remove_content,
    update_file,
)
from apps.files.storage import storage
from apps.organizations.models import Organization
from tests.support.buckets import Bucket, serving_bucket
from tests.support.subscribers import at, make_merchant

pytestmark = pytest.mark.django_db

CONTENT = b"first part|" + b"second part"
SPLIT = 11


def checksum(content: bytes) -> str:
    return base64.b64encode(hashlib.sha256(content).digest()).decode()


def announced(**changes: Any) -> FileInput:
    facts: dict[str, Any] = {
        "service": "downloadable",
        "name": "../Manual (1).pdf",
        "mime_type": "application/pdf",
        "size": len(CONTENT),
        "checksum": checksum(CONTENT),
        "parts": [
            PartInput(number=1, start=0, end=SPLIT, checksum=checksum(CONTENT[:SPLIT])),
            PartInput(number=2, start=SPLIT, end=len(CONTENT)),
        ],
    }
    return FileInput(**facts | changes)


def begun(organization: Organization | None = None, **changes: Any) -> File:
    return begin_upload(
        organization=organization or make_merchant(), data=announced(**changes), origin=at()
    )


def addresses(file: File) -> list[str]:
    return [part["url"] for part in present_upload(file)["upload"]["parts"]]


def send(url: str, content: bytes) -> Any:
    path = "/" + url.split("/", 3)[3]
    return Client().put(path, content, content_type="application/octet-stream")


def sent(file: File) -> list[PartDone]:
    answers = [
        send(url, content)
        for url, content in zip(addresses(file), (CONTENT[:SPLIT], CONTENT[SPLIT:]), strict=True)
    ]
    assert [answer.status_code for answer in answers] == [200, 200]
    return [
        PartDone(number=number, etag=answer["ETag"]) for number, answer in enumerate(answers, 1)
    ]


def read(file: File) -> bytes:
    with storage().open(file) as content:  # type: ignore[attr-defined]
        return bytes(content.read())


@pytest.fixture(autouse=True)
def own_media(settings: Any, tmp_path: Path) -> None:
    settings.MEDIA_ROOT = tmp_path


class TestUpload:
    def test_puts_the_parts_together_once(self, tmp_path: Path) -> None:
        file = begun()
        assert (file.name, file.is_uploaded) == ("Manual (1).pdf", False)
        done = sent(file)
        whole = complete_upload(file_id=file.pk, parts=done, origin=at())
        assert whole.is_uploaded
        assert whole.etag == hashlib.sha256(CONTENT).hexdigest()
        assert read(whole) == CONTENT
        assert [path for path in (tmp_path / "uploads").rglob("*") if path.is_file()] == []
        again = complete_upload(file_id=file.pk, parts=done, origin=at())
        assert again.uploaded_at == whole.uploaded_at

    @pytest.mark.parametrize("content", [b"short", b"far too long for this part", b"wrong part!"])
    def test_refuses_a_part_that_is_not_what_was_announced(self, content: bytes) -> None:
        file = begun()
        assert send(addresses(file)[0], content).status_code == 422
        assert send(addresses(file)[0], CONTENT[:SPLIT]).status_code == 200

    def test_refuses_a_whole_that_is_not_what_was_announced(self) -> None:
        file = begun()
        done = sent(file)
        answer = send(addresses(file)[1], b"Second part")
        done[1] = PartDone(number=2, etag=answer["ETag"])
        with pytest.raises(UploadIncomplete):
            complete_upload(file_id=file.pk, parts=done, origin=at())
        file.refresh_from_db()
        assert not file.is_uploaded

    def test_refuses_to_end_before_all_have_come(self) -> None:
        file = begun()
        answer = send(addresses(file)[0], CONTENT[:SPLIT])
        first = PartDone(number=1, etag=answer["ETag"])
        for parts in ([first], [first, PartDone(number=2, etag="x")]):
            with pytest.raises(UploadIncomplete):
                complete_upload(file_id=file.pk, parts=parts, origin=at())

    def test_takes_nothing_more_afterwards_nor_at_a_made_up_address(self) -> None:
        file = begun()
        urls = addresses(file)
        complete_upload(file_id=file.pk, parts=sent(file), origin=at())
        assert send(urls[0], CONTENT[:SPLIT]).status_code == 404
        assert send(urls[0] + "x", CONTENT[:SPLIT]).status_code == 404

    @pytest.mark.parametrize(
        "changes",
        [
            {"size": len(CONTENT) + 1},
            {"size": 0},
            {"size": 11 * 1024**4},
            {"name": "///"},
            {"mime_type": "pdf"},
            {"checksum": "abc"},
            {"service": "product_media"},
            {"service": "organization_avatar", "mime_type": "image/svg+xml"},
            {"parts": []},
            {"parts": [PartInput(number=2, start=0, end=len(CONTENT))]},
            {"parts": [PartInput(number=1, start=1, end=len(CONTENT))]},
        ],
    )
    def test_is_refused_where_it_cannot_be(self, changes: dict[str, Any]) -> None:
        with pytest.raises(ValidationFailed):
            begun(**changes)


class TestContent:
    def test_of_media_can_be_seen_by_anybody(self) -> None:
        file = begun(service="product_media", mime_type="image/png", name="box.png")
        url = f"/files/{file.pk}/content"
        assert Client().get(url).status_code == 404
        complete_upload(file_id=file.pk, parts=sent(file), origin=at())
        answer = Client().get(url)
        assert b"".join(answer.streaming_content) == CONTENT  # type: ignore[attr-defined]
        assert (answer["Content-Type"], answer["X-Content-Type-Options"]) == (
            "image/png",
            "nosniff",
        )

    def test_of_what_is_sold_cannot(self) -> None:
        file = begun()
        complete_upload(file_id=file.pk, parts=sent(file), origin=at())
        assert Client().get(f"/files/{file.pk}/content").status_code == 404

    def test_goes_with_the_file(self, tmp_path: Path) -> None:
        file = begun()
        complete_upload(file_id=file.pk, parts=sent(file), origin=at())
        delete_file(file_id=file.pk, origin=at())
        remove_content(file_id=file.pk)
        remove_content(file_id=file.pk)
        assert not (tmp_path / file.path).exists()
        with pytest.raises(ResourceNotFound):
            update_file(file_id=file.pk, changes={"name": "x"}, origin=at())

    def test_keeps_a_readable_size(self) -> None:
        sizes = [512, 2048, 5 * 1024**3]
        assert [readable_size(size) for size in sizes] == ["512 B", "2.0 KB", "5.0 GB"]


class TestBucket:
    @pytest.fixture
    def bucket(self, settings: Any) -> Iterator[Bucket]:
        with serving_bucket() as bucket:
            settings.STORAGES = {
                **settings.STORAGES,
                "default": {
                    "BACKEND": "storages.backends.s3.S3Storage",
                    "OPTIONS": {
                        "bucket_name": "files",
                        "endpoint_url": bucket.url,
                        "access_key": "key",
                        "secret_key": "secret",
                        "region_name": "us-east-1",
                        "signature_version": "s3v4",
                        "addressing_style": "path",
                    },
                },
            }
            yield bucket
        storages._storages.clear()  # type: ignore[attr-defined]

    def test_takes_the_parts_itself(self, bucket: Bucket) -> None:
        file = begun()
        upload = present_upload(file)["upload"]
        done = []
        for part, content in zip(upload["parts"], (CONTENT[:SPLIT], CONTENT[SPLIT:]), strict=True):
            assert part["url"].startswith(bucket.url)
            answer = requests.put(part["url"], content, headers=part["headers"], timeout=10)
            done.append(PartDone(number=part["number"], etag=answer.headers["ETag"]))
        whole = complete_upload(file_id=file.pk, parts=done, origin=at())
        assert (whole.etag, bucket.objects) == ("whole", {file.path: CONTENT})
        address = storage().download_address(whole, at().at)
        assert address is not None
        assert requests.get(address.url, timeout=10).content == storage().read(whole) == CONTENT
        delete_file(file_id=file.pk, origin=at())
        remove_content(file_id=file.pk)
        assert bucket.objects == {}

    def test_refuses_for_us(self, bucket: Bucket) -> None:
        file = begun()
        parts = [PartDone(number=1, etag="a"), PartDone(number=2, etag="b")]
        with pytest.raises(UploadIncomplete):
            complete_upload(file_id=file.pk, parts=parts, origin=at())
        delete_file(file_id=file.pk, origin=at())
        remove_content(file_id=file.pk)
        assert bucket.uploads == {}
