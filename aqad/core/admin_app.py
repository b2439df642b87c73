"""Django's admin with a site of our own; a module apart, since an app's own config is found by its place in `apps.py`."""

from __future__ import annotations

from django.contrib.admin.apps import AdminConfig


class BackOfficeConfig(AdminConfig):
    default_site = "aqad.core.admin.BackOffice"
