"""What the doctor asks about mails."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

from aqad.core import clock
from aqad.core.findings import Finding, judge
from aqad.notifications.gauges import waiting_failing_given_up
from aqad.notifications.models import Mail


def mails() -> Iterator[Finding]:
    waiting, failing, given_up = waiting_failing_given_up()
    late = Mail.objects.filter(sent_at=None, given_up_at=None, created_at__lt=clock.now() - timedelta(minutes=10))[:100]
    problems = Mail.objects.filter(sent_at=None, given_up_at=None, tries__gt=0).order_by().values_list("problem", flat=True).distinct()[:5]
    advice = "See the mail server, and the worker of the queue notifications; the back office lists them under Mails."
    value = f"{waiting} wait, {failing} of them were tried in vain, {given_up} were given up"
    yield judge("mail", "mails", failing + len(late), value, advice, warn_at=1, fail_at=100, details=list(problems))
