"""What the tests of deploy/ read: files, the settings that docs/settings.md names, and how AQAD starts with a given environment."""

from __future__ import annotations

import os
import re
import secrets
import subprocess
import sys
from pathlib import Path
from typing import Any

import yaml

ROOT = Path(__file__).resolve().parents[2]
DEPLOY = ROOT / "deploy"
KUBERNETES = DEPLOY / "kubernetes"


def load(path: Path) -> Any:
    return yaml.safe_load(path.read_text(encoding="utf-8"))


def documented_settings() -> set[str]:
    """Every name in docs/settings.md."""
    return set(re.findall(r"`([A-Z][A-Z0-9_]+)`", (ROOT / "docs" / "settings.md").read_text(encoding="utf-8")))


def schema_says(schema: str, path: Path) -> str:
    """What check-jsonschema finds wrong with the file; nothing when it is right."""
    command = [sys.executable, "-m", "check_jsonschema", "--builtin-schema", schema, str(path)]
    done = subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)
    return "" if done.returncode == 0 else done.stdout + done.stderr


def a_value(name: str) -> str:
    """A good value for a secret of that name."""
    given = {
        "DATABASE_URL": "postgres://aqad_app:x@127.0.0.1/aqad",
        "MIGRATION_DATABASE_URL": "postgres://aqad_owner:x@127.0.0.1/aqad",
        "REDIS_URL": "redis://127.0.0.1/0",
        "CELERY_BROKER_URL": "redis://127.0.0.1/1",
        "EMAIL_URL": "smtps://aqad:x@mail.example:465",
        "STRIPE_SECRET_KEY": "sk_live_x",
        "STRIPE_PUBLISHABLE_KEY": "pk_live_x",
        "STRIPE_WEBHOOK_SECRET": "whsec_x",
    }
    return given.get(name) or secrets.token_hex(32)


def start_says(environment: dict[str, str], *command: str) -> str:
    """What manage.py says with exactly this environment; nothing when it has no complaint."""
    clean = {name: os.environ[name] for name in ("PATH", "HOME", "LANG") if name in os.environ}
    call = [sys.executable, "manage.py", *(command or ("check", "--deploy", "--fail-level", "WARNING"))]
    done = subprocess.run(call, cwd=ROOT, env={**clean, **environment}, capture_output=True, text=True, timeout=120, check=False)
    return "" if done.returncode == 0 else (done.stdout + done.stderr)[-3000:]
