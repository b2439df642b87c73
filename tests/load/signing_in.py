"""A session and a token for people of a database, whom nobody asks for a password: `python -m tests.load.signing_in a@load.test ...`.

Prints JSON: for each `{"token", "session"}`. Tokens live fifteen minutes.
"""

from __future__ import annotations

import json
import os
import sys
from typing import Any

import django


def signed_in(emails: list[str]) -> list[dict[str, Any]]:
    from django.conf import settings
    from django.test import Client

    from aqad.accounts import tokens
    from aqad.accounts.models import User
    from tests.factories.people import TokenFamilyFactory

    found = []
    users = User.objects.select_related("membership__company").in_bulk(emails, field_name="email")
    for email in emails:
        user, browser = users[email], Client()
        browser.force_login(user)
        token = tokens.issue(user, TokenFamilyFactory(user=user))["access"]
        found.append({"token": token, "session": browser.cookies[settings.SESSION_COOKIE_NAME].value})
    return found


if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "aqad.settings")
    django.setup()
    print(json.dumps(signed_in(sys.argv[1:])))
