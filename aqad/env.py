"""Typed readers for the environment. A wrong value stops the start with one sentence that names the variable."""

from __future__ import annotations

import importlib.util
import json
import os
import secrets
from pathlib import Path
from urllib.parse import unquote, urlsplit

BASE_DIR = Path(__file__).resolve().parent.parent
WEAK_SECRETS = ("change", "secret", "password", "insecure", "example", "default")
SECRET_LENGTH = 40


class EnvError(Exception):
    """A setting from the environment is missing or cannot be used."""


def load_dotenv(path: Path) -> None:
    """Read `NAME=value` lines of a .env file into the environment; what is already set there wins."""
    if not path.is_file():
        return
    for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1):
        stripped = line.strip()
        if not stripped or stripped.startswith("#"):
            continue
        name, equals, value = stripped.removeprefix("export ").partition("=")
        if not equals or not name.strip().isidentifier():
            raise EnvError(f"{path.name}, line {number}: expected NAME=value.")
        os.environ.setdefault(name.strip(), value.strip().strip("'\""))


def text(name: str, default: str = "") -> str:
    return os.environ.get(name, "").strip() or default


def flag(name: str, *, default: bool = False) -> bool:
    value = text(name).lower()
    if not value:
        return default
    if value in {"1", "true", "yes", "on"}:
        return True
    if value in {"0", "false", "no", "off"}:
        return False
    raise EnvError(f"{name} must be 1 or 0, not {value!r}.")


def integer(name: str, default: int, *, least: int = 0, most: int = 10**6) -> int:
    value = text(name)
    if not value:
        return default
    if not value.isascii() or not value.isdigit() or not least <= int(value) <= most:
        raise EnvError(f"{name} must be a whole number from {least} to {most}, not {value!r}.")
    return int(value)


def number(name: str, default: float) -> float:
    value = text(name)
    if not value:
        return default
    try:
        parsed = float(value)
    except ValueError:
        parsed = -1.0
    if not 0 <= parsed < float("inf"):
        raise EnvError(f"{name} must be a number from 0 up, not {value!r}.")
    return parsed


def items(name: str, default: str = "") -> list[str]:
    return [item.strip() for item in text(name, default).split(",") if item.strip()]


def choice(name: str, default: str, allowed: tuple[str, ...]) -> str:
    value = text(name, default)
    if value not in allowed:
        raise EnvError(f"{name} must be one of {', '.join(allowed)}, not {value!r}.")
    return value


def secret(name: str, *, made_in: Path | None) -> str:
    """The secret from the environment. Embedded (`made_in` given), a missing one is made once and kept there.

    Raises EnvError when it is missing in production, or too weak anywhere.
    """
    value = text(name)
    if value:
        return _strong(name, value)
    if made_in is None:
        raise EnvError(f"{name} is missing: with DATABASE_URL set, every secret must be given.")
    return _kept_secret(name, made_in)


def earlier_secrets(name: str) -> list[str]:
    """What the secret was before, the latest first, with commas between them. Raises EnvError when one is too weak to be believed."""
    return [_strong(name, value) for value in items(name)]


def amqp(name: str) -> str:
    """The address of an AMQP broker, or nothing."""
    url = text(name)
    if url and (urlsplit(url).scheme not in {"amqp", "amqps"} or not urlsplit(url).hostname):
        raise EnvError(f"{name} must look like amqp://user:password@host:5672/vhost (or amqps://).")
    return url


def scanner(name: str) -> str:
    """The address of a virus scanner, or nothing."""
    url = text(name)
    parts = urlsplit(url)
    if url and not (parts.scheme == "tcp" and parts.hostname) and not (parts.scheme == "unix" and not parts.netloc and parts.path != "/"):
        raise EnvError(f"{name} must look like tcp://host:3310 or unix:///run/clamav/clamd.ctl.")
    return url


def require_package(name: str, module: str) -> None:
    """What a setting asks for must be installed. Raises EnvError naming the variable and the file of requirements."""
    if not text(name):
        return
    try:
        found = importlib.util.find_spec(module) is not None
    except (ModuleNotFoundError, ValueError):
        found = False
    if not found:
        raise EnvError(f"{name} needs packages that are not installed: pip install -r requirements/observability.txt, or unset it.")


def shared_folder(name: str) -> None:
    """Make the folder for a library that reads the variable itself; an empty one must not be there, or it would mean the current folder."""
    if text(name):
        Path(text(name)).mkdir(parents=True, exist_ok=True)
    else:
        os.environ.pop(name, None)


def email(url: str) -> dict[str, object]:
    """Django's mail settings of an `smtp://user:password@host:port` (or `smtps://`, `smtp+tls://`) URL."""
    parts = urlsplit(url)
    if parts.scheme not in {"smtp", "smtps", "smtp+tls"} or not parts.hostname:
        raise EnvError("EMAIL_URL must look like smtp://user:password@host:587 (or smtps://, smtp+tls://).")
    return {
        "EMAIL_HOST": parts.hostname,
        "EMAIL_PORT": parts.port or {"smtp": 25, "smtps": 465, "smtp+tls": 587}[parts.scheme],
        "EMAIL_HOST_USER": unquote(parts.username or ""),
        "EMAIL_HOST_PASSWORD": unquote(parts.password or ""),
        "EMAIL_USE_SSL": parts.scheme == "smtps",
        "EMAIL_USE_TLS": parts.scheme == "smtp+tls",
        "EMAIL_TIMEOUT": 10,
    }


def _strong(name: str, value: str) -> str:
    if len(value) < SECRET_LENGTH or len(set(value)) < 10 or any(word in value.lower() for word in WEAK_SECRETS):
        raise EnvError(f"{name} is too weak: give at least {SECRET_LENGTH} random characters (docs/settings.md says how to make them).")
    return value


def _kept_secret(name: str, path: Path) -> str:
    """Read or make the secret in a file only the owner can read; two processes that start at once agree on one."""
    path.parent.mkdir(parents=True, exist_ok=True)
    single = path.parent / f"{path.name}.{name.lower()}"
    if not single.exists():
        draft = single.with_suffix(f".{os.getpid()}")
        descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        with os.fdopen(descriptor, "w", encoding="utf-8") as file:
            json.dump(secrets.token_urlsafe(48), file)
        try:
            os.link(draft, single)
        except FileExistsError:
            pass
        finally:
            draft.unlink()
    return str(json.loads(single.read_text(encoding="utf-8")))
