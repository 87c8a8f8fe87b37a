"""Every write to files."""

from apps.files.inputs import FileInput, PartDone, PartInput
from apps.files.operations.changing import delete_file, remove_content, update_file
from apps.files.operations.uploading import begin_upload, complete_upload, receive_part

__all__ = [
    "FileInput",
    "PartDone",
    "PartInput",
    "begin_upload",
    "complete_upload",
    "delete_file",
    "receive_part",
    "remove_content",
    "update_file",
]
