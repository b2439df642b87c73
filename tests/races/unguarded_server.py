"""What the control runs' server is started on."""

from __future__ import annotations

from aqad.wsgi import application as _real  # noqa: F401  (it sets Django up)
from tests.races.unguarded import application as application
from tests.races.unguarded import take_guards_away

take_guards_away()
