"""
Resolve pyproject.toml into the lock files, for every supported Python and platform.

The files name no index, so they install from whatever index a machine is set up with.
"""

import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
LOCKS = ROOT / "requirements"
UV = Path(sys.executable).parent / "uv"
COMPILE = [
    *(str(UV), "pip", "compile", "--universal", "--generate-hashes", "--no-header"),
    *("--no-emit-index-url", "--no-emit-find-links", "--quiet", "--system-certs"),
    *("--fork-strategy", "fewest", "--python-version", "3.11", *sys.argv[1:]),
]


def main() -> None:
    """Write base.txt, dev.txt on top of it, and uv.txt for the installer."""
    lock("base.txt", "pyproject.toml")
    lock("dev.txt", "pyproject.toml", "--group", "dev", "-c", "requirements/base.txt")
    lock("uv.txt", "-", given="uv\n")


def lock(name: str, *arguments: str, given: str | None = None) -> None:
    """One lock file."""
    subprocess.run(
        [*COMPILE, *arguments, "--output-file", str(LOCKS / name)],
        cwd=ROOT,
        input=given,
        text=True,
        check=True,
    )


if __name__ == "__main__":
    main()
