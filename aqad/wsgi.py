"""WSGI entry point: `granian --interface wsgi aqad.wsgi:application`."""

import os
from typing import Any

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "aqad.settings")

application: Any = get_wsgi_application()

from aqad.core import draining, releases, turns  # noqa: E402  (Django must be set up)

application = draining.parting(turns.in_turn(application))
releases.note()
