"""The doctor's list as a page of the back office."""

from __future__ import annotations

from collections.abc import Iterable
from itertools import groupby
from operator import attrgetter
from typing import Any

from django.contrib import admin
from django.http import HttpRequest
from django.template.response import TemplateResponse
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_safe

from aqad.core import clock
from aqad.core.findings import WORST_FIRST, Finding, Level, worst
from aqad.dashboard.ops import doctor

WORDS = {Level.OK: _("Well"), Level.WARN: _("Look at it"), Level.FAIL: _("Broken")}


@require_safe
def doctor_page(request: HttpRequest) -> TemplateResponse:
    """Asked anew each time; what is not well stands on top."""
    findings = doctor.examine()
    areas = [(area, _shown(rows)) for area, rows in groupby(sorted(findings, key=attrgetter("area")), key=attrgetter("area"))]
    bad = _shown(finding for grade in WORST_FIRST if grade != Level.OK for finding in findings if finding.level == grade)
    level = worst(findings)
    context = {"title": _("Doctor"), "areas": areas, "bad": bad, "level": level, "word": WORDS[level], "at": clock.now()}
    return TemplateResponse(request, "admin/doctor.html", {**admin.site.each_context(request), **context})


def _shown(findings: Iterable[Finding]) -> list[dict[str, Any]]:
    return [{"finding": finding, "word": WORDS[finding.level]} for finding in findings]
