"""What a process says that cannot start, and what production refuses."""

import os
import subprocess
import sys

import pytest

from tests.architecture.lint import PRODUCTION
from tests.architecture.sources import ROOT

# An endpoint that we register ourselves has a secret of its own.
OPTIONAL = {"COMPTROLLER_ENV", "DJANGO_SETTINGS_MODULE", "STRIPE_WEBHOOK_SECRET"}


def manage(*arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
    """One command in an environment of its own."""
    return subprocess.run(
        [sys.executable, str(ROOT / "manage.py"), *arguments],
        cwd=ROOT,
        env={"PATH": os.environ["PATH"], "HOME": os.environ.get("HOME", "/"), **environment},
        capture_output=True,
        text=True,
        check=False,
    )


class TestProduction:
    @pytest.mark.parametrize(
        "missing",
        sorted(set(PRODUCTION) - OPTIONAL),
    )
    def test_names_the_variable_it_misses_in_one_line(self, missing: str) -> None:
        environment = {name: value for name, value in PRODUCTION.items() if name != missing}
        run = manage("check", **environment)
        assert run.returncode == 1
        assert run.stderr == (
            f"Comptroller cannot start: The environment variable {missing} is missing.\n"
        )

    def test_needs_the_secret_of_alerts_only_where_they_are_on(self) -> None:
        assert manage("check", **PRODUCTION).returncode == 0
        run = manage("check", **PRODUCTION, CHARGEBACKSTOP_ENABLED="1")
        assert run.returncode == 1
        assert "CHARGEBACKSTOP_WEBHOOK_SECRET is missing" in run.stderr

    def test_has_finance_and_admins_prove_it_twice(self) -> None:
        program = "from django.conf import settings; print(settings.SECOND_FACTOR_ROLES)"
        run = manage("shell", "--no-imports", "-c", program, **PRODUCTION)
        assert run.stdout == "('finance', 'admin')\n"

    @pytest.mark.parametrize("command", ["sandbox_token", "demo_logins", "seed_demo", "reset"])
    def test_has_no_sandbox_commands(self, command: str) -> None:
        run = manage(command, **PRODUCTION)
        assert run.returncode == 1
        assert run.stderr == "CommandError: This command exists in the sandbox only.\n"
        assert run.stdout == ""


class TestSandbox:
    def test_names_a_variable_that_cannot_be_read(self) -> None:
        run = manage("check", PORT="eight thousand")
        assert run.stderr == (
            "Comptroller cannot start: The environment variable PORT cannot be 'eight thousand'.\n"
        )

    def test_knows_two_environments(self) -> None:
        run = manage("check", COMPTROLLER_ENV="staging")
        assert run.returncode == 1
        assert run.stderr.count("\n") == 1
        assert "COMPTROLLER_ENV" in run.stderr
