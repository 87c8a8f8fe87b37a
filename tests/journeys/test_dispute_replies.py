"""A merchant says what they know about a dispute, and sends files along."""

from __future__ import annotations

from io import BytesIO
from typing import Any
from uuid import uuid4

import httpx
import pytest
from PIL import Image

from apps.disputes.models import Dispute, DisputeAttachment
from apps.files.models import File
from tests.support.disputing import decide, disputed, told
from tests.support.merchants import make_merchant
from tests.support.refunding import paid_order
from tests.support.stripesim import stripesim
from tests.support.tills import Till, till

__all__ = ["stripesim", "till"]


@pytest.fixture
def dispute(till: Till, settings: Any, tmp_path: Any) -> Dispute:
    settings.MEDIA_ROOT = tmp_path
    settings.BASE_URL = till.url
    return disputed(till, paid_order(till))


def picture() -> bytes:
    content = BytesIO()
    Image.new("RGB", (9, 9), "green").save(content, "PNG")
    return content.getvalue()


def uploaded(till: Till, content: bytes, name: str = "chat.png", *, done: bool = True) -> str:
    """The id of a file that came in one part."""
    whole = {"number": 1, "chunk_start": 0, "chunk_end": len(content)}
    facts = {"service": "downloadable", "name": name, "mime_type": "image/png"}
    upload = {"parts": [whole]}
    with till.merchant.http() as http:
        made = http.post("/v1/files/", json={**facts, "size": len(content), "upload": upload})
        assert made.status_code == 201, made.text
        file = made.json()
        if done:
            [part] = file["upload"]["parts"]
            sent = httpx.put(part["url"], content=content, headers=part["headers"])
            parts = [{"number": 1, "checksum_etag": sent.headers["ETag"], "checksum_sha256": None}]
            body = {"id": file["upload"]["id"], "path": file["upload"]["path"], "parts": parts}
            ended = http.post(f"/v1/files/{file['id']}/uploaded", json=body)
            assert ended.status_code == 200, ended.text
    return str(file["id"])


def reply(till: Till, dispute: Dispute, text: str = "They asked for it.", **more: Any) -> Any:
    with till.merchant.http() as http:
        return http.post(f"/v1/disputes/{dispute.pk}/replies", json={"text": text, **more})


def test_is_kept_with_its_files(till: Till, dispute: Dispute) -> None:
    file_id = uploaded(till, picture())
    made = reply(till, dispute, file_ids=[file_id, file_id])
    assert made.status_code == 201, made.text
    assert made.json()["files"] == [{"id": file_id, "name": "chat.png", "size": len(picture())}]
    attachment = DisputeAttachment.objects.get(dispute=dispute)
    assert (bytes(attachment.content), attachment.slot) == (picture(), "")
    dispute.refresh_from_db()
    assert dispute.merchant_replied_at is not None

    again = reply(till, dispute, "And they thanked us.").json()
    with till.merchant.http() as http:
        listed = http.get(f"/v1/disputes/{dispute.pk}/replies").json()
    assert [one["id"] for one in listed["items"]] == [again["id"], made.json()["id"]]
    assert (told("dispute.replied"), told("dispute.merchant_replied")) == (2, 1)


def test_is_taken_once_for_a_key(till: Till, dispute: Dispute) -> None:
    path, headers = f"/v1/disputes/{dispute.pk}/replies", {"Idempotency-Key": "once"}
    with till.merchant.http() as http:
        answers = [http.post(path, json={"text": "Once."}, headers=headers) for _ in range(2)]
    assert answers[0].json() == answers[1].json()
    assert dispute.replies.count() == 1


def test_leaves_nothing_where_something_is_wrong(till: Till, dispute: Dispute) -> None:
    other = make_merchant(till.url, "Other")
    foreign = uploaded(till, picture())
    File.objects.filter(pk=foreign).update(organization=other.organization)
    wrong: list[tuple[str, dict[str, Any]]] = [
        ("", {}),
        ("  ", {}),
        ("a\x00b", {}),
        ("x" * 5001, {}),
        ("With a file", {"file_ids": [str(uuid4())]}),
        ("With a foreign file", {"file_ids": [foreign]}),
        ("Before it has come", {"file_ids": [uploaded(till, picture(), done=False)]}),
        ("No picture", {"file_ids": [uploaded(till, b"GIF89a and so on")]}),
        ("Many", {"file_ids": [str(uuid4()) for _ in range(11)]}),
    ]
    for text, more in wrong:
        answer = reply(till, dispute, text, **more)
        assert answer.status_code == 422, (text, answer.text)
    dispute.refresh_from_db()
    assert dispute.merchant_replied_at is None
    assert not dispute.replies.exists()
    assert not DisputeAttachment.objects.filter(dispute=dispute).exists()


def test_comes_too_late_once_the_bank_has_decided(till: Till, dispute: Dispute) -> None:
    decide(till, dispute, "won")
    answer = reply(till, dispute)
    assert (answer.status_code, answer.json()["error"]) == (409, "DisputeClosed")


def test_is_the_merchants_own(till: Till, dispute: Dispute) -> None:
    other = make_merchant(till.url, "Other")
    with other.http() as http:
        path = f"/v1/disputes/{dispute.pk}/replies"
        assert http.post(path, json={"text": "Not mine"}).status_code == 404
        assert http.get(path).status_code == 404
