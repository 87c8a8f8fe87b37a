#!/usr/bin/env python3
"""Entry point of every management command, with the project's own Python."""

import os
import sys
from pathlib import Path

PYTHON = Path(__file__).resolve().parent / ".venv" / "bin" / "python"

if __name__ == "__main__":
    # Called without an activated environment: go on inside it.
    if PYTHON.exists() and Path(sys.prefix).resolve() != PYTHON.parents[1].resolve():
        os.execv(PYTHON, [str(PYTHON), *sys.argv])  # noqa: S606  # our own interpreter
    from django.core.management import execute_from_command_line

    from config.boot import load_settings

    load_settings()
    execute_from_command_line(sys.argv)
