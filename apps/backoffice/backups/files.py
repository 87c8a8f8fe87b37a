"""Everything in the storage of files, wherever that is."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Final

from django.core.files import File
from django.core.files.storage import Storage, default_storage

_CHUNK: Final = 1 << 20


def stored_names(storage: Storage = default_storage, folder: str = "") -> Iterator[str]:
    """The name of every file, folder by folder."""
    try:
        folders, names = storage.listdir(folder)
    except FileNotFoundError:
        # Nothing has been stored yet.
        return
    prefix = f"{folder}/" if folder else ""
    for name in sorted(names):
        if name:
            yield f"{prefix}{name}"
    for inner in sorted(folders):
        yield from stored_names(storage, f"{prefix}{inner}")


def copy_out(name: str, target: Path) -> bool:
    """Copy a stored file to `target`; False if it was removed meanwhile."""
    target.parent.mkdir(parents=True, exist_ok=True)
    try:
        with default_storage.open(name) as source, target.open("wb") as file:
            shutil.copyfileobj(source, file, _CHUNK)
    except FileNotFoundError:
        target.unlink(missing_ok=True)
        return False
    return True


def copy_in(source: Path, name: str) -> None:
    """
    Store a file under exactly this name, in place of one that is there.

    :raises OSError: if the storage would give it another name.
    """
    if default_storage.exists(name):
        default_storage.delete(name)
    with source.open("rb") as file:
        given = default_storage.save(name, File(file))
    if given != name:
        raise OSError(f"{name} was stored as {given}.")
