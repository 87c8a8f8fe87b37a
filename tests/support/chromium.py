"""The Chromium of the browser tests: an installed one, or one that `make test` installs."""

import functools
import os
import shutil
import subprocess
import sys
from pathlib import Path

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
MISSING = "No Chromium for the browser tests: install one, or leave them out with SKIP_BROWSER=1."


def is_skipped() -> bool:
    """Whether the browser tests are to be left out."""
    return os.environ.get("SKIP_BROWSER", "") not in ("", "0")


@functools.cache
def find() -> str | None:
    """The path of a Chromium on this machine, Playwright's own last; None if there is none."""
    for name in NAMES:
        path = shutil.which(name)
        if path:
            return path
    return _playwrights_own()


def _playwrights_own() -> str | None:
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        path = playwright.chromium.executable_path
    return path if Path(path).exists() else None


def install() -> None:
    """Fetch a Chromium: by apt as root on Debian, else by Playwright. Failing is not an error."""
    if os.geteuid() == 0 and Path("/etc/debian_version").exists() and shutil.which("apt-get"):
        environment = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
        update, add = ["apt-get", "update", "-qq"], ["apt-get", "install", "-y", "-qq", "chromium"]
        subprocess.run(update, env=environment, check=False, stdout=subprocess.DEVNULL)
        subprocess.run(add, env=environment, check=False, stdout=subprocess.DEVNULL)
        if any(shutil.which(name) for name in NAMES):
            return
    subprocess.run([sys.executable, "-m", "playwright", "install", "chromium"], check=False)


def main() -> None:
    """Make sure there is one, and say so if not; the browser tests then fail with the same line."""
    if is_skipped():
        print("SKIP_BROWSER is set: the browser tests are left out.")
    elif find() is None:
        install()
        find.cache_clear()
        if find() is None:
            print(MISSING)


if __name__ == "__main__":
    main()
