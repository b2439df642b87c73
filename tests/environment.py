"""Loaded before Django's settings: tests get a state folder and secrets of their own, and wait for no broker."""

import atexit
import os
import secrets
import shutil
import tempfile

if "AQAD_TEST_STATE" not in os.environ:
    _state = tempfile.mkdtemp(prefix="aqad-test-")
    atexit.register(shutil.rmtree, _state, ignore_errors=True)
    os.environ["AQAD_STATE_DIR"] = os.environ["AQAD_TEST_STATE"] = _state
    for _name in ("SECRET_KEY", "JWT_SIGNING_KEY"):  # an empty one counts as none, so that servers the tests start know it too
        os.environ[_name] = os.environ.get(_name) or secrets.token_urlsafe(48)
    os.environ["RATE_LIMIT_SCALE"] = "1"
    os.environ["LOG_LEVEL"] = "WARNING"
    os.environ.pop("CELERY_BROKER_URL", None)
