"""What is in a backup, and whether it still is."""

from __future__ import annotations

import hashlib
import json
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Final

FORMAT: Final = 1
NAME: Final = "manifest.json"
CHECKSUM: Final = "manifest.sha256"
DATABASE: Final = "database.dump"
FILES: Final = "files"
# The place by which the manifest's probe is sealed.
PROBE: Final = "backup.probe"
_CHUNK: Final = 1 << 20


class BackupInvalid(Exception):
    """The folder is no backup, or not what it was when it was made."""


class BackupRefused(Exception):
    """The backup may be good, but it is not restored here and now."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """One file of the backup, by its path in it."""

    path: str
    size: int
    sha256: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Manifest:
    """
    `migrations` is the last of each app; `balances` the hash of all balances of the ledger at the
    moment of the dump; `probe` can be unsealed by whoever has the keys of this installation.
    """

    format: int
    made_at: str
    environment: str
    version: str
    postgres: str
    migrations: dict[str, str]
    balances: str
    account_count: int
    probe: str
    parts: tuple[Part, ...]

    def write(self, folder: Path) -> None:
        """Beside the parts, with its own checksum."""
        text = json.dumps(asdict(self), indent=2, sort_keys=True)
        (folder / NAME).write_text(text)
        (folder / CHECKSUM).write_text(hashlib.sha256(text.encode()).hexdigest())

    def require_intact(self, folder: Path) -> None:
        """
        Compare every part with what was written down.

        :raises BackupInvalid: naming the first that is missing, cut off or altered.
        """
        for part in self.parts:
            path = folder / part.path
            if not path.is_file():
                raise BackupInvalid(f"{part.path} is missing.")
            if path.stat().st_size != part.size or checksum(path) != part.sha256:
                raise BackupInvalid(f"{part.path} is not what was backed up.")


def read_manifest(folder: Path) -> Manifest:
    """
    The manifest of a backup.

    :raises BackupInvalid: there is none, it was altered, or a later release wrote it.
    """
    try:
        text = (folder / NAME).read_text()
        known = (folder / CHECKSUM).read_text().strip()
    except OSError as error:
        raise BackupInvalid(f"{folder} holds no finished backup.") from error
    if hashlib.sha256(text.encode()).hexdigest() != known:
        raise BackupInvalid(f"{NAME} is not what was written.")
    found: dict[str, Any] = json.loads(text)
    if found.get("format") != FORMAT:
        raise BackupInvalid(f"Backups of format {found.get('format')} are not understood.")
    parts = tuple(Part(**part) for part in found.pop("parts"))
    return Manifest(**found, parts=parts)


def part_of(folder: Path, path: Path) -> Part:
    """What the manifest says of a file."""
    return Part(
        path=path.relative_to(folder).as_posix(),
        size=path.stat().st_size,
        sha256=checksum(path),
    )


def checksum(path: Path) -> str:
    """SHA-256 of a file, however large."""
    digest = hashlib.sha256()
    with path.open("rb") as file:
        while chunk := file.read(_CHUNK):
            digest.update(chunk)
    return digest.hexdigest()
