"""The official JavaScript packages, run by Node as merchants run them."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

FOLDER = Path(__file__).parents[1] / "journeys" / "javascript"
LOCK, MODULES = FOLDER / "package-lock.json", FOLDER / "node_modules"
INSTALLED = MODULES / ".installed"
PATIENCE_SECONDS = 150


def require_packages() -> None:
    """Have the packages of the lock installed; where there is no Node, skip and say so."""
    node, npm = shutil.which("node"), shutil.which("npm")
    if node is None or npm is None:
        pytest.skip("Node is not on this machine: the JavaScript packages were NOT tried.")
    wanted = LOCK.read_text()
    if INSTALLED.exists() and INSTALLED.read_text() == wanted:
        return
    command = [npm, "ci", "--no-audit", "--no-fund", "--ignore-scripts"]
    done = subprocess.run(
        command, cwd=FOLDER, capture_output=True, text=True, timeout=PATIENCE_SECONDS, check=False
    )
    assert done.returncode == 0, f"npm could not install the packages: {done.stderr}"
    INSTALLED.write_text(wanted)


def run(script: str, *, text: str = "", **environment: str) -> str:
    """What a script prints when it is done."""
    done = subprocess.run(
        ["node", script],
        cwd=FOLDER,
        input=text,
        capture_output=True,
        text=True,
        timeout=60,
        env={**os.environ, **environment},
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


@contextmanager
def serving(script: str, **environment: str) -> Iterator[tuple[int, list[dict[str, Any]]]]:
    """A server that says where it listens; its port, and what it has said when the block ends."""
    said: list[dict[str, Any]] = []
    process = subprocess.Popen(
        ["node", script],
        cwd=FOLDER,
        stdout=subprocess.PIPE,
        text=True,
        env={**os.environ, **environment},
    )
    assert process.stdout is not None
    try:
        port = int(json.loads(process.stdout.readline())["port"])
        yield port, said
    finally:
        process.terminate()
        lines = process.stdout.read().splitlines()
        process.stdout.close()
        process.wait(20)
        # The adapter writes on its own when something is wrong.
        said += [json.loads(line) for line in lines if line.startswith("{")]
