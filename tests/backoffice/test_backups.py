"""Two commands: a backup of a running system, and a fresh server with the same books."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory

import psycopg
import pytest
from django.db import connection, transaction

from apps.backoffice.backups import BackupInvalid
from apps.backoffice.backups.manifest import read_manifest
from apps.ledger.models import Transfer
from apps.ledger.selectors import balances_digest
from config import services
from tests.backoffice.world import make_sale
from tests.support.workers import ROOT, database_url

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.timeout(400)]

KEYS = "a phrase of this test, an older one"
FILE = "payouts/proofs/2026/11/proof é.pdf"
CONTENT = b"%PDF-1.7 \0 a proof"


@pytest.fixture
def folder() -> Iterator[Path]:
    # Not pytest's own: as root, PostgreSQL runs as a user who may not look into that.
    with TemporaryDirectory(prefix="comptroller-") as name:
        yield Path(name)


def manage(
    *arguments: str, data: Path, url: str = "", keys: str = KEYS
) -> subprocess.CompletedProcess[str]:
    """A management command of a system with these data; on a server of its own without `url`."""
    environment = {
        **os.environ,
        "DJANGO_SETTINGS_MODULE": "config.settings",
        "DATA_DIR": str(data),
        "ENCRYPTION_KEYS": keys,
        "DATABASE_URL": url,
    }
    if not url:
        del environment["DATABASE_URL"]
    return subprocess.run(
        [sys.executable, str(ROOT / "manage.py"), *arguments],
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )


def ask(data: Path, question: str) -> list[tuple[object, ...]]:
    """What the server of these data says."""
    host = str(services.postgres_socket_directory(data))
    with psycopg.connect(dbname=services.DATABASE_NAME, user="postgres", host=host) as link:
        return link.execute(question.encode()).fetchall()


@pytest.fixture
def backed_up(folder: Path) -> Path:
    """A backup of a system that has sold something and keeps a file."""
    make_sale()
    source = folder / "source"
    stored = source / "media" / FILE
    stored.parent.mkdir(parents=True)
    stored.write_bytes(CONTENT)
    done = manage("backup", str(folder / "backup"), data=source, url=database_url())
    assert done.returncode == 0, done.stderr
    assert "1 files" in done.stdout
    return folder / "backup"


def test_a_fresh_server_has_the_same_books(
    backed_up: Path, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    digest, count = balances_digest()
    assert count > 3
    fresh = folder / "fresh"
    done = manage("restore", str(backed_up), data=fresh)
    assert done.returncode == 0, done.stderr
    assert (fresh / "media" / FILE).read_bytes() == CONTENT

    monkeypatch.delenv("DATABASE_URL", raising=False)
    with services.running(fresh):
        url = services.DATABASE_NAME, str(services.postgres_socket_directory(fresh))
        with psycopg.connect(dbname=url[0], user="postgres", host=url[1]) as link:
            rows = link.execute("SELECT count(*), sum(amount) FROM ledger_transfer").fetchone()
        with connection.cursor() as cursor:
            cursor.execute("SELECT count(*), sum(amount) FROM ledger_transfer")
            assert rows == cursor.fetchone()
        # What guards the books is there, too.
        with pytest.raises(psycopg.DatabaseError, match="append-only"):
            ask(fresh, "UPDATE ledger_transfer SET amount = 1 RETURNING id")
        assert ask(fresh, "SELECT count(*) FROM ledger_horizon") == [(0,)]
        again = manage("restore", str(backed_up), data=fresh)
        assert again.returncode == 1
        assert "not empty" in again.stderr
        checked = manage("check_books", "ledger.transfers_join_accounts", data=fresh)
        assert checked.returncode == 0, checked.stdout + checked.stderr

        # Over what is there, and then a backup of the restored: the same hash.
        assert manage("restore", str(backed_up), "--replace", data=fresh).returncode == 0
        second = manage("backup", str(folder / "second"), data=fresh)
        assert second.returncode == 0, second.stderr
    assert read_manifest(folder / "second").balances == digest
    assert read_manifest(backed_up).balances == digest


def test_refuses_what_is_no_backup_of_ours(backed_up: Path, folder: Path) -> None:
    fresh = folder / "fresh"

    def refusal(changed: Path, keys: str = KEYS) -> str:
        done = manage("restore", str(changed), data=fresh, keys=keys)
        assert done.returncode == 1
        return done.stderr

    cut = folder / "cut"
    shutil.copytree(backed_up, cut)
    dump = cut / "database.dump"
    dump.write_bytes(dump.read_bytes()[:-1])
    assert "database.dump is not what was backed up" in refusal(cut)

    without = folder / "without"
    shutil.copytree(backed_up, without)
    (without / "files" / FILE).unlink()
    assert "is missing" in refusal(without)

    forged = folder / "forged"
    shutil.copytree(backed_up, forged)
    text = json.loads((forged / "manifest.json").read_text())
    (forged / "manifest.json").write_text(json.dumps({**text, "balances": "0" * 64}))
    assert "manifest.json is not what was written" in refusal(forged)

    assert "no finished backup" in refusal(folder / "nowhere")
    assert "ENCRYPTION_KEYS" in refusal(backed_up, keys="somebody else's")
    assert not (fresh / "media").exists()


def test_a_rotated_key_still_restores(backed_up: Path, folder: Path) -> None:
    done = manage("restore", str(backed_up), data=folder / "fresh", keys=f"a new one,{KEYS}")
    assert done.returncode == 0, done.stderr


def test_leaves_no_half_of_a_backup(folder: Path) -> None:
    (folder / "source").mkdir()
    (folder / "backup").mkdir()
    done = manage("backup", str(folder / "backup"), data=folder / "source", url=database_url())
    assert "exists" in done.stderr

    url = f"{database_url()} dbname=nobody"
    done = manage("backup", str(folder / "other"), data=folder / "source", url=url)
    assert done.returncode != 0
    assert not list(folder.glob("other*"))
    with pytest.raises(BackupInvalid):
        read_manifest(folder / "backup")


def test_the_digest_sees_a_cent() -> None:
    make_sale()
    before, _ = balances_digest()
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SET LOCAL session_replication_role = replica")
        last = Transfer.objects.latest("id")
        cursor.execute("UPDATE ledger_transfer SET amount = amount + 1 WHERE id = %s", [last.pk])
        assert balances_digest()[0] != before
        transaction.set_rollback(True)
    assert balances_digest()[0] == before
