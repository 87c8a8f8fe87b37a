"""
Processes that die: one with the product loaded forks another for each piece of work.

To start Python with the product anew would take seconds each time. The work is a function of a
module of `tests.support`, called by name; how the process ends is its exit code.
"""

from __future__ import annotations

import atexit
import json
import os
import signal
import subprocess
import sys
import tempfile
import traceback
from collections.abc import Callable
from functools import cache
from importlib import import_module
from pathlib import Path
from typing import Any, NoReturn

ROOT = Path(__file__).parents[2]
EXIT_CODE = 66
MODULES = ("crashes", "payout_crashes", "evidence_crashes")
SECONDS = 90


def run(module: str, stripe_url: str, *arguments: Any) -> int:
    """Have `module.work(*arguments)` done in a process of its own; its exit code."""
    from tests.support.workers import database_url

    server = _server(database_url(), os.getpid())
    assert server.stdin is not None
    assert server.stdout is not None
    with tempfile.NamedTemporaryFile() as errors:
        job = [module, stripe_url, errors.name, list(arguments)]
        server.stdin.write(json.dumps(job) + "\n")
        server.stdin.flush()
        answer = server.stdout.readline()
        assert answer, "The server of mortal processes is gone."
        code = int(answer)
        if code not in (0, EXIT_CODE):
            raise AssertionError(f"{code}: {errors.read().decode()[-3000:]}")
    return code


def die_at(target: str, when: str) -> None:
    """End this process without a goodbye before, after, or at the commit after a function."""
    module_name, _, name = target.partition(":")
    module = import_module(module_name)
    real = getattr(module, name)

    def dying(*args: Any, **kwargs: Any) -> Any:
        if when == "before":
            os._exit(EXIT_CODE)
        result = real(*args, **kwargs)
        if when == "committed":
            from django.db import transaction

            transaction.on_commit(lambda: os._exit(EXIT_CODE))
        else:
            os._exit(EXIT_CODE)
        return result

    setattr(module, name, dying)


@cache
def _server(database: str, _owner: int) -> subprocess.Popen[str]:
    environment = {
        **os.environ,
        "DATABASE_URL": database,
        "DJANGO_SETTINGS_MODULE": "config.settings",
        "STRIPE_MAX_RETRIES": "0",
    }
    process = subprocess.Popen(
        [sys.executable, "-m", "tests.support.mortals"],
        cwd=ROOT,
        env=environment,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    atexit.register(_stop, process)
    return process


def _stop(process: subprocess.Popen[str]) -> None:
    assert process.stdin is not None
    assert process.stdout is not None
    process.stdin.close()
    process.wait(10)
    process.stdout.close()


def main() -> None:
    """Fork for each line, and answer how the process ended."""
    import django

    django.setup()
    works = {name: import_module(f"tests.support.{name}").work for name in MODULES}
    answers = os.fdopen(os.dup(1), "w")
    # What the works print is not an answer.
    os.dup2(2, 1)
    for line in sys.stdin:
        module, stripe_url, errors, arguments = json.loads(line)
        pid = os.fork()
        if pid == 0:
            _live(works[module], stripe_url, errors, arguments)
        _, status = os.waitpid(pid, 0)
        print(os.waitstatus_to_exitcode(status), file=answers, flush=True)


def _live(
    work: Callable[..., None], stripe_url: str, errors: str, arguments: list[Any]
) -> NoReturn:
    from django.conf import settings

    with open(errors, "wb") as output:
        os.dup2(output.fileno(), 2)
    # Death by SIGALRM is no end that a test expects.
    signal.alarm(SECONDS)
    for base in ("API", "FILES", "CONNECT", "METER_EVENTS"):
        setattr(settings, f"STRIPE_{base}_BASE", stripe_url)
    code = 1
    try:
        work(*arguments)
        code = 0
    except BaseException:
        traceback.print_exc()
    finally:
        sys.stderr.flush()
        os._exit(code)


if __name__ == "__main__":
    main()
