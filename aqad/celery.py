"""The Celery application: workers take ids and call one action each."""

import os

from celery import Celery

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "aqad.settings")

app = Celery("aqad")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()
