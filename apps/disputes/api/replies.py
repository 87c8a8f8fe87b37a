"""What a merchant says about a dispute, over the merchant API."""

from __future__ import annotations

from datetime import datetime
from typing import Any, ClassVar, TypedDict
from uuid import UUID

from rest_framework import serializers
from rest_framework.request import Request

from apps.api.inputs import TextField
from apps.api.pages import paginate, sorting
from apps.api.schema import documented
from apps.disputes.api.views import READ, WRITE, DisputeViewBase
from apps.disputes.models import DisputeReply
from apps.disputes.operations import reply_to_dispute
from apps.disputes.operations.replying import MOST_FILES, REPLY_LENGTH

SORTING = {"created_at": "created_at"}


class ReplyFileBody(TypedDict):
    """A file that came along; `size` in bytes."""

    id: UUID
    name: str
    size: int


class ReplyBody(TypedDict):
    """What the merchant said about a dispute."""

    created_at: datetime
    id: UUID
    dispute_id: UUID
    text: str
    files: list[ReplyFileBody]


class ReplyInput(serializers.Serializer[Any]):
    """Words, and files that were uploaded before: PDF, PNG or JPEG."""

    text = TextField(min_length=1, max_length=REPLY_LENGTH)
    file_ids = serializers.ListField(
        child=serializers.UUIDField(), required=False, max_length=MOST_FILES
    )


def present_reply(reply: DisputeReply) -> ReplyBody:
    """One reply."""
    return {
        "created_at": reply.created_at,
        "id": reply.pk,
        "dispute_id": reply.dispute_id,
        "text": reply.text,
        "files": reply.files,
    }


class DisputeRepliesView(DisputeViewBase):
    """What was said about one dispute, and saying more."""

    scopes = {"GET": READ, "POST": WRITE}
    # The files are read from the storage before anything is locked.
    is_atomic: ClassVar[bool] = False

    @documented(
        "List replies to a dispute",
        operation_id="disputes:replies",
        answer=ReplyBody,
        is_list=True,
        sorting=SORTING,
        errors=(404,),
    )
    def get(self, request: Request, id: str) -> Any:
        """One page."""
        rows = DisputeReply.objects.filter(dispute=self.dispute())
        order = sorting(request, SORTING, ["-created_at"])
        return paginate(rows.order_by(*order), request, present_reply)

    @documented(
        "Reply to a dispute",
        operation_id="disputes:reply",
        body=ReplyInput,
        answer=ReplyBody,
        status=201,
        errors=(404, 409),
    )
    def post(self, request: Request, id: str) -> Any:
        """The reply; files become part of what is sent to the bank."""
        dispute = self.dispute()
        values = self.read(ReplyInput)
        reply = reply_to_dispute(
            dispute_id=dispute.pk,
            text=values["text"],
            file_ids=values.get("file_ids", []),
            origin=self.origin(),
        )
        return self.created(present_reply(reply))
