"""The application as a deployment runs it: its own processes, its settings from the environment alone."""

from __future__ import annotations

import subprocess
import sys

from tests.outside.processes import ROOT, scratch
from tests.races import servers

PRELUDE = "import django; django.setup()\n"


def run(code: str, **environment: str) -> str:
    """What `code` prints in a process of its own, on the test's database."""
    folder = scratch("run")
    known = {"DJANGO_SETTINGS_MODULE": "aqad.settings", **servers._environment(folder, 8000, environment)}
    done = subprocess.run(
        [sys.executable, "-c", PRELUDE + code], cwd=ROOT, env=known, capture_output=True, text=True, timeout=60, check=False
    )
    assert done.returncode == 0, done.stderr
    return done.stdout.strip()
