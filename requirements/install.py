"""
Bring `.venv` in line with a lock file: `python3 requirements/install.py base|dev`.

Needs nothing but the standard library. Does nothing when the lock has not changed since last time;
`base` is content with an environment that already has `dev`.
"""

import fcntl
import hashlib
import os
import shutil
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
VENV = ROOT / ".venv"
PYTHON = VENV / "bin" / "python"
MARKER = VENV / "installed-lock"
LOCKS = ROOT / "requirements"
MINIMUM = (3, 11)
NEWER = ("python3.13", "python3.12", "python3.11")


def digest(name):
    """What the environment must match: the lock's content and its name."""
    content = (LOCKS / "base.txt").read_bytes() + (LOCKS / f"{name}.txt").read_bytes()
    return f"{name} {hashlib.sha256(content).hexdigest()}"


def is_current(name):
    """Whether the environment works and holds this lock, or the larger one."""
    if not PYTHON.exists() or not MARKER.exists():
        return False
    marker = MARKER.read_text()
    return marker in {digest(name), digest("dev")}


def install(name):
    """Create the environment if need be and synchronise it."""
    if VENV.exists() and not PYTHON.exists():
        shutil.rmtree(VENV)
    if not VENV.exists():
        print("Creating .venv …", flush=True)
        run([sys.executable, "-m", "venv", str(VENV)], "python3 -m venv failed (python3-venv?)")
    if MARKER.exists() and MARKER.read_text().startswith("dev "):
        name = "dev"
    MARKER.unlink(missing_ok=True)
    print(f"Installing requirements/{name}.txt …", flush=True)
    pip = [str(PYTHON), "-m", "pip", "install", "--quiet", "--disable-pip-version-check"]
    if not (VENV / "bin" / "uv").exists():
        run([*pip, "--require-hashes", "-r", str(LOCKS / "uv.txt")], "pip could not install uv")
    synchronise(LOCKS / f"{name}.txt", pip)
    MARKER.write_text(digest(name))


def synchronise(lock, pip):
    """
    Install exactly what the lock says.

    With the machine's certificates, as behind a company proxy; else with uv's own; else by pip,
    which may be the only one that is set up for the index of this machine.
    """
    sync = [str(VENV / "bin" / "uv"), "pip", "sync", "--quiet", "--require-hashes", str(lock)]
    environment = {**os.environ, "VIRTUAL_ENV": str(VENV)}
    for command in ([*sync, "--system-certs"], sync):
        if not subprocess.run(command, env=environment, check=False).returncode:
            return
    run([*pip, "--require-hashes", "-r", str(lock)], "the lock could not be installed")


def run(command, failure):
    """Run one command or end with one line that says what went wrong."""
    if subprocess.run(command, check=False).returncode:
        sys.exit(f"{failure}: {' '.join(command)}")


def use_new_enough_python():
    """Go on under a Python that is new enough, if this one is not."""
    if sys.version_info >= MINIMUM:
        return
    for candidate in NEWER:
        path = shutil.which(candidate)
        if path:
            os.execv(path, [path, *sys.argv])
    sys.exit("Comptroller needs Python 3.11 or newer.")


def main():
    """Install what the command line names, one process at a time."""
    name = sys.argv[1] if len(sys.argv) > 1 else "base"
    if is_current(name):
        return
    use_new_enough_python()
    with open(LOCKS / ".install.lock", "w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not is_current(name):
            install(name)


if __name__ == "__main__":
    main()
