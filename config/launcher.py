"""
Bring the whole system up, or run one management command beside it.

    python -m config.launcher up           services, migrations, demo world, Procfile
    python -m config.launcher run CMD …    one management command with the embedded services up
"""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
from multiprocessing import get_context
from pathlib import Path
from types import FrameType
from typing import NoReturn

import django
from django.conf import settings
from django.core.management import CommandError, call_command
from django.db import connections

from config import services
from config.boot import load_settings
from config.env import DATA_DIR, IS_SANDBOX, ROOT

# Of the Procfile: what has no work in production.
SANDBOX_ONLY = ("stripesim", "clock")
BINARIES = ROOT / ".venv" / "bin"


def main() -> None:
    """Do what the command line says."""
    os.environ["DATA_DIR"] = str(DATA_DIR)
    os.environ["PATH"] = f"{BINARIES}{os.pathsep}{os.environ.get('PATH', '')}"
    os.chdir(ROOT)
    load_settings()
    command, *arguments = sys.argv[1:] or ["up"]
    for signum in (signal.SIGTERM, signal.SIGHUP):
        signal.signal(signum, _leave)
    try:
        if command == "up":
            _up()
        elif command == "run":
            _run(arguments)
        else:
            sys.exit(__doc__)
    except KeyboardInterrupt:
        sys.exit(130)


def _leave(signum: int, frame: FrameType | None) -> NoReturn:
    sys.exit(128 + signum)


def _run(arguments: list[str]) -> None:
    with services.running():
        sys.exit(subprocess.run(_manage(*arguments), check=False).returncode)  # noqa: S603


def _up() -> None:
    require_free_ports()
    with services.running():
        print("Migrating …", flush=True)
        django.setup()
        call_command("migrate", interactive=False, verbosity=0)
        connections.close_all()
        _forget_metrics()
        # A fork, because it needs what is loaded here; it waits until the web process answers.
        welcome = get_context("fork").Process(target=_welcome)
        welcome.start()
        try:
            code = _supervise()
        finally:
            welcome.terminate()
            welcome.join()
    sys.exit(code)


def _forget_metrics() -> None:
    """Of processes of another time, whose numbers may be those of new ones."""
    for path in Path(settings.METRICS_DIR).glob("*.db"):
        path.unlink(missing_ok=True)


def _welcome() -> None:
    # Ctrl-C is for the launcher, which ends this process with the others.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    signal.signal(signal.SIGTERM, signal.SIG_DFL)
    try:
        call_command("welcome")
    except CommandError as error:
        print(error, file=sys.stderr, flush=True)


def _manage(*arguments: str) -> list[str]:
    return [sys.executable, str(ROOT / "manage.py"), *arguments]


def _supervise() -> int:
    """Run the processes of Procfile until Ctrl-C or until one of them ends."""
    from honcho.environ import parse_procfile
    from honcho.manager import Manager

    manager = Manager()
    # Celery's advice against root is about pickles; we accept none.
    environment = {**os.environ, "PYTHONWARNINGS": _quiet(), "PYTHONUNBUFFERED": "1"}
    for name, command in parse_procfile((ROOT / "Procfile").read_text()).processes.items():
        if name not in SANDBOX_ONLY or IS_SANDBOX:
            manager.add_process(name, f"exec {command}", env=environment)
    # The manager has its own handler for the first two.
    signal.signal(signal.SIGHUP, lambda *_: os.kill(os.getpid(), signal.SIGTERM))
    manager.loop()
    stopped_by_hand = manager.returncode in (128 + signal.SIGINT, 128 + signal.SIGTERM)
    return 0 if stopped_by_hand else int(manager.returncode or 1)


def _quiet() -> str:
    return os.environ.get("PYTHONWARNINGS", "ignore::UserWarning:celery.platforms")


def require_free_ports() -> None:
    """
    Stop with one line if a port is taken.

    :raises SystemExit: naming the port and the variable that moves it.
    """
    wanted = [("PORT", os.environ.get("HOST", "127.0.0.1"), os.environ.get("PORT", "8000"))]
    if IS_SANDBOX:
        wanted.append(("STRIPESIM_PORT", "127.0.0.1", os.environ.get("STRIPESIM_PORT", "12111")))
    for name, host, port in wanted:
        family = socket.AF_INET6 if ":" in host else socket.AF_INET
        with socket.socket(family, socket.SOCK_STREAM) as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind((host, int(port)))
            except OSError:
                sys.exit(f"Port {port} on {host} is taken; choose another with {name}.")


if __name__ == "__main__":
    main()
