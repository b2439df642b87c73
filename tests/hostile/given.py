"""What every case of bad input is sent at, and what each must be answered with: the contract's refusal, and nothing else."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable
from typing import Any

from django.apps import apps
from rest_framework.test import APIClient

from aqad.accounts.models import User
from aqad.core.models import IdempotencyKey
from aqad.retailers.models import Address
from catalog.models import Product
from tests.journeys.world import PROJECT, World, rows_of
from vendors.models import Vendor

# Rows that a refusal may well leave behind: the count of wrong passwords, and that somebody tried.
OF_SIGNING_IN = frozenset({"FailedSignIn"})
CODES = {
    400: {"malformed"},
    401: {"unauthorized", "invalid_credentials"},
    403: {"forbidden"},
    404: {"not_found"},
    405: {"method_not_allowed"},
    406: {"not_acceptable"},
    409: {"conflict", "insufficient_stock", "invalid_transition", "price_changed", "idempotency_in_progress"},
    413: {"too_large"},
    415: {"unsupported_media_type"},
    422: {"validation_error", "idempotency_mismatch"},
    429: {"rate_limited"},
}
# What no answer may hold: the inside of the house.
INTERNALS = re.compile(
    r"Traceback|File \"/|site-packages|django\.|rest_framework|psycopg|sqlite3|SELECT .* FROM|INSERT INTO|IntegrityError|DataError"
    r"|ValueError|KeyError|TypeError|AttributeError|object at 0x"
)


class Target:
    """Everybody and their things (`world`), what is private to the rivals, and every row before anything was sent."""

    def __init__(self) -> None:
        self.world = World()
        self.private = self._rivals_secrets()
        self.before = self.rows()

    def api(self, who: str) -> APIClient:
        return self.world.api(who)

    def path(self, path: str) -> str:
        """`{product}` and the like replaced by the world's own things."""
        return path.format(**{name.replace(" ", "_"): next(iter(thing.values())) for name, thing in self.world.things.items()})

    def filled(self, raw: str) -> str:
        """`<product>` and the like in a body replaced by the world's own things; braces are JSON's."""
        names = {name: next(iter(thing.values())) for name, thing in self.world.things.items()}
        return re.sub(r"<([a-z]+)>", lambda match: names.get(match[1], match[0]), raw)

    def rows(self, *, but: Iterable[str] = ()) -> dict[str, list[Any]]:
        models = [model for label in PROJECT for model in apps.get_app_config(label).get_models()] + [IdempotencyKey]
        return {model.__name__: rows_of(model) for model in models if model.__name__ not in but}

    def assert_unchanged(self, *, but: frozenset[str] = frozenset()) -> None:
        now = self.rows(but=but)
        changed = {name: (len(self.before[name]), len(rows)) for name, rows in now.items() if rows != self.before[name]}
        assert not changed, changed

    def assert_tells_nothing(self, answer: Any, who: str = "") -> None:
        """Nothing of the inside, and nothing that is another company's."""
        told = b"".join(answer.streaming_content) if answer.streaming else answer.content
        text = told.decode(errors="replace") + "\n".join(f"{name}: {value}" for name, value in answer.headers.items())
        assert not (found := INTERNALS.search(text)), found
        assert not [secret for secret in self.private if secret in text]

    def _rivals_secrets(self) -> list[str]:
        """Private words of the rivals, each of which stands nowhere else."""
        people = self.world.people
        for name in ("rival_vendor", "rival_retailer", "rival_dispatcher"):
            User.objects.filter(pk=people[name].user.pk).update(email=f"{name}@private.test", name=f"Private {name}", phone="+971509998877")
            company = people[name].company
            assert company is not None
            type(company).objects.filter(pk=company.pk).update(trn="100987654300003", phone="+971449998877")
            people[name].user.refresh_from_db()
        Vendor.objects.filter(pk=people["rival_vendor"].of.pk).update(pickup_line1="Private Street 77")
        Address.objects.filter(pk=self.world.rival_address.pk).update(line1="Private Road 88", label="Private store")
        Product.objects.filter(pk=self.world.rival_draft.pk).update(name="Private Cola", description="Private recipe")
        return ["@private.test", "Private ", "+971509998877", "+971449998877", "100987654300003"]


def as_refused(answer: Any, status: int, *fields: str, code: str | None = None) -> dict[str, Any]:
    """The contract's shape: success, code, message, and for wrong values each field by name."""
    assert answer.status_code == status, (answer.status_code, answer.content[:400])
    assert answer.headers["Content-Type"].startswith("application/json"), answer.headers["Content-Type"]
    body: dict[str, Any] = json.loads(answer.content)
    assert body["success"] is False
    assert body["code"] in ({code} if code else CODES[status]), body
    assert isinstance(body["message"], str)
    assert body["message"]
    assert "\n" not in body["message"]
    if fields:
        assert set(fields) <= set(body.get("errors", {})), body
        assert all(isinstance(word, str) and word for words in body["errors"].values() for word in words)
    return body


def send(client: APIClient, method: str, path: str, raw: bytes | str = b"", content_type: str = "application/json", **extra: Any) -> Any:
    return client.generic(method, path, raw, content_type=content_type, **extra)
