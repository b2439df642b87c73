"""The sandbox bank's post room: signed HTTP POSTs to our webhook door, again and again until it answers 200."""

from __future__ import annotations

import http.client
from datetime import timedelta
from urllib.parse import urlsplit

import orjson
import structlog
from django.conf import settings
from django.db.models import F

from aqad.core import clock
from aqad.core.transactions import outside_transaction
from payments.gateways import signing
from payments.gateways.sandbox import SIGNATURE_HEADER
from payments.models import BankWebhook

log = structlog.get_logger(__name__)
PATH = "/api/payments/webhooks/sandbox"
SECONDS_TO_WAIT = 5.0
MOST_TRIES = 20
LONGEST_PAUSE = timedelta(hours=1)
BATCH = 50


def post_waiting() -> int:
    """Post every message whose time has come, oldest first. Returns how many arrived; stops at the first that finds nobody there."""
    outside_transaction()
    arrived = 0
    waiting = BankWebhook.objects.filter(sent_at=None, send_at__lte=clock.now(), tries__lt=MOST_TRIES).select_related("charge")
    for message in waiting.order_by("send_at", "pk")[:BATCH]:
        if not _claim(message):
            continue
        status = _post(message)
        if status == 200:
            BankWebhook.objects.filter(pk=message.pk).update(sent_at=clock.now())
            arrived += 1
        elif status is None:
            break
    return arrived


def _claim(message: BankWebhook) -> bool:
    """Take the message for a while; two workers never post it at once, and a killed one's comes round again."""
    pause = min(timedelta(seconds=10 * 2 ** min(message.tries, 9)), LONGEST_PAUSE)
    mine = BankWebhook.objects.filter(pk=message.pk, sent_at=None, tries=message.tries)
    return mine.update(tries=F("tries") + 1, send_at=clock.now() + pause) == 1


def _post(message: BankWebhook) -> int | None:
    """The status of the answer; None when nobody answered."""
    raw = orjson.dumps(
        {"id": message.message_id, "kind": message.kind, "charge": message.charge.reference, "key": message.charge.key},
    )
    signature = signing.sign(raw, secret=settings.SANDBOX_WEBHOOK_SECRET, at=int(clock.now().timestamp()))
    address = urlsplit(settings.PUBLIC_URL)
    kind = http.client.HTTPSConnection if address.scheme == "https" else http.client.HTTPConnection
    connection = kind(str(address.hostname), address.port, timeout=SECONDS_TO_WAIT)
    try:
        connection.request("POST", PATH, raw, {"Content-Type": "application/json", SIGNATURE_HEADER: signature})
        return connection.getresponse().status
    except (OSError, http.client.HTTPException) as error:
        log.warning("sandbox_webhook_unanswered", error=type(error).__name__)
        return None
    finally:
        connection.close()
