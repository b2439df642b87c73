"""Loaded before Django's settings: tests get a state folder and secrets of their own, and wait for no broker.

Where several processes test side by side (pytest-xdist), each has its own state folder and its own of Redis's databases,
counted on from the one that REDIS_URL names.
"""

import atexit
import os
import secrets
import shutil
import tempfile
from urllib.parse import urlsplit

DATABASES_OF_REDIS = 16  # what a server has unless told otherwise


def _redis_of(worker: int, url: str) -> str:
    parts = urlsplit(url)
    number = int(parts.path.strip("/") or 0)
    return parts._replace(path=f"/{(number + worker) % DATABASES_OF_REDIS}").geturl()


_worker = os.environ.get("PYTEST_XDIST_WORKER", "")
if "AQAD_TEST_STATE" not in os.environ or _worker:
    _state = tempfile.mkdtemp(prefix="aqad-test-")
    atexit.register(shutil.rmtree, _state, ignore_errors=True)
    os.environ["AQAD_STATE_DIR"] = os.environ["AQAD_TEST_STATE"] = _state
    for _name in ("SECRET_KEY", "JWT_SIGNING_KEY"):  # an empty one counts as none, so that servers the tests start know it too
        os.environ[_name] = os.environ.get(_name) or secrets.token_urlsafe(48)
    os.environ["RATE_LIMIT_SCALE"] = "1"
    os.environ["LOG_LEVEL"] = "WARNING"
    os.environ.pop("CELERY_BROKER_URL", None)
if _worker and os.environ.get("REDIS_URL"):
    os.environ["REDIS_URL"] = _redis_of(int(_worker.removeprefix("gw")), os.environ["REDIS_URL"])
