"""The one durable door: a request's effect and its stored answer are committed together or not at all."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import orjson
from django.core.files.uploadedfile import UploadedFile
from django.db import OperationalError, connection, transaction
from django.utils.translation import gettext_lazy as _
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.utils.html import is_html_input

from aqad.core import clock
from aqad.core.actor import Actor
from aqad.core.errors import Conflict, Invalid, Malformed
from aqad.core.fields import FORM_BAGGAGE, FORM_KEY, PROOF
from aqad.core.models import IdempotencyKey
from aqad.core.rendering import dump
from aqad.core.statements import ask

KEY_FORM = re.compile(r"[\x20-\x7e]{1,255}")
LIFETIME = timedelta(hours=24)
[KEY_ONCE] = (constraint.name for constraint in IdempotencyKey._meta.constraints)
REPLAYED = "Idempotency-Replayed"
INSERT = (
    "INSERT INTO core_idempotencykey (user_id, key, route, body_hash, created_at) VALUES (%s, %s, %s, %s, %s)"
    " ON CONFLICT DO NOTHING RETURNING id"
)
UPDATE = "UPDATE core_idempotencykey SET status = %s, answer = %s WHERE id = %s"


@dataclass(frozen=True, slots=True)
class Answer:
    """What a door says: a status and a body that JSON can hold."""

    status: int
    body: Any = None

    def as_response(self, *, replayed: bool = False) -> Response:
        return Response(self.body, status=self.status, headers={REPLAYED: "true"} if replayed else None)


class AnsweredBefore(Exception):
    """The request bears a key under which the same was answered already: `answer` is to be given again."""

    def __init__(self, answer: Answer) -> None:
        self.answer = answer
        super().__init__(answer.status)


@dataclass(slots=True)
class OpenKey:
    """A request's key as it is stored when it is claimed; `pk` is that row's."""

    user_id: int
    key: str
    route: str
    body_hash: str
    pk: int | None = None


@dataclass(frozen=True, slots=True)
class Claim:
    """A key taken for one request; without a key there is nothing to store."""

    key: OpenKey | None
    replay: Answer | None = None
    is_repeat: bool = False

    def store(self, answer: Answer) -> None:
        """Keep the answer with the effect; call inside the transaction that makes the effect."""
        if self.key is not None:
            ask(UPDATE, [answer.status, None if answer.body is None else dump(answer.body).decode(), self.key.pk])

    def free(self) -> None:
        """Give the key back: the request was refused after all, though its key was committed before that was known."""
        if self.key is not None and self.key.pk is not None:
            IdempotencyKey.objects.filter(pk=self.key.pk).delete()


def run_once(actor: Actor, request: Request, work: Callable[[], Answer], *, part: str = "") -> Response:
    """Run `work` in one durable transaction, or give the first answer again when the request bears a known key.

    A request for several things at once runs each as a `part`, which has an answer of its own whatever else is asked for. A refusal
    raised by `work` rolls everything back, the key with it. Raises Malformed (key), Invalid `idempotency_mismatch`, Conflict
    `idempotency_in_progress`.
    """
    with transaction.atomic(durable=True):
        claim = take(actor, request, part=part)
        if claim.replay is not None:
            return claim.replay.as_response(replayed=True)
        if claim.is_repeat:
            raise _in_progress()
        answer = work()
        claim.store(answer)
    return answer.as_response()


def run_at_once(work: Callable[[], Answer | None]) -> Response | None:
    """Run `work`, which in a transaction of its own claims an open key and stores its answer under it, or does nothing and returns None.

    Raises Conflict where that key was waited for too long; of other things that are locked the database's own error speaks.
    """
    try:
        answer = work()
    except OperationalError as error:
        where = getattr(getattr(error.__cause__, "diag", None), "context", None) or ""
        if KEY_ONCE in where:  # PostgreSQL's sentence may be of any language, the name in it is not
            raise _in_progress() from error
        raise
    return None if answer is None else answer.as_response()


def refuse_repeat(actor: Actor, request: Request) -> None:
    """Raises AnsweredBefore for a known key, so that a repeat is not judged by what has changed since, not least by its own effect.

    It takes nothing: of twins that run at once, `take` lets one through.
    """
    if actor.user_id is None or (key := read_key(request)) is None:
        return
    row = IdempotencyKey.objects.filter(user_id=actor.user_id, key=key, route=_route(request)).first()
    if row is None or row.status is None or row.created_at < clock.now() - LIFETIME:
        return
    if row.body_hash == body_hash(request):
        raise AnsweredBefore(Answer(row.status, row.answer))


def take(actor: Actor, request: Request, *, part: str = "") -> Claim:
    """Insert the request's key, first of all locks. `is_repeat` without `replay`: it was taken before and has no answer yet."""
    key = open_key(actor.user_id, request, part)
    if key is None or _insert(key):
        return Claim(key)
    known = IdempotencyKey.objects.filter(user_id=key.user_id, key=key.key, route=key.route).first()
    if known is not None and known.created_at < clock.now() - LIFETIME:
        known.delete()
        if _insert(key):
            return Claim(key)
    if known is None:
        raise _in_progress()
    if known.body_hash != key.body_hash:
        raise Invalid(message=_("This Idempotency-Key was used with another body."), code="idempotency_mismatch")
    replay = None if known.status is None else Answer(known.status, known.answer)
    key.pk = known.pk
    return Claim(key, replay=replay, is_repeat=True)


def open_key(user_id: int | None, request: Request, part: str = "") -> OpenKey | None:
    """The request's key as this person may claim it, if it bears one. Raises Malformed."""
    key = read_key(request)
    if key is None or user_id is None:
        return None
    digest = hashlib.sha256(part.encode()).hexdigest() if part else body_hash(request)
    return OpenKey(user_id=user_id, key=key, route=_route(request, part), body_hash=digest)


def _insert(key: OpenKey) -> bool:
    """Whether the key was still free; one that a running request holds is waited for. Raises Conflict when that takes too long."""
    moment = connection.ops.adapt_datetimefield_value(clock.now())
    try:
        made = ask(INSERT, [key.user_id, key.key, key.route, key.body_hash, moment])
    except OperationalError as error:  # lock_timeout
        raise _in_progress() from error
    key.pk = made[0][0] if made else None
    return bool(made)


def read_key(request: Request) -> str | None:
    """The header, or a form's hidden field. Raises Malformed unless it is 1 to 255 printable ASCII characters."""
    key = request.META.get("HTTP_IDEMPOTENCY_KEY")
    body: Any = request.data
    if key is None and is_html_input(body):
        key = body.get(FORM_KEY) or None
    if key is not None and not KEY_FORM.fullmatch(key):
        raise Malformed(_("An Idempotency-Key is 1 to 255 printable ASCII characters."))
    return key


def body_hash(request: Request) -> str:
    """SHA-256 of the parsed fields and of the files' contents, whatever their order and whatever code is sent with them."""
    data: Any = request.data
    fields: list[Any] = []
    for name in sorted(set(data) - FORM_BAGGAGE - {PROOF}):
        values = data.getlist(name) if hasattr(data, "getlist") else [data[name]]
        fields.append([name, [_digest(value) if isinstance(value, UploadedFile) else value for value in values]])
    return hashlib.sha256(orjson.dumps(orjson.loads(dump(fields)), option=orjson.OPT_SORT_KEYS)).hexdigest()


def _route(request: Request, part: str = "") -> str:
    return f"{request.method} {request.path} {part}".rstrip()[:200]


def _digest(upload: UploadedFile[Any]) -> str:
    digest = hashlib.sha256()
    upload.seek(0)
    for chunk in upload.chunks():
        digest.update(chunk)
    upload.seek(0)
    return digest.hexdigest()


def _in_progress() -> Conflict:
    return Conflict(_("The first request with this Idempotency-Key is still running."), code="idempotency_in_progress")
