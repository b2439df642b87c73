"""POST /api/auth/refresh: a refresh token works once."""

from __future__ import annotations

from datetime import timedelta

import pytest
import time_machine
from django.core.cache import cache
from rest_framework.test import APIClient

from aqad.accounts.actions.sessions import forget_expired
from aqad.accounts.models import TokenFamily, UsedRefreshToken
from aqad.audit.models import Event
from aqad.core import clock
from tests.accounts.given import REFRESH, ask_with, refresh, together, tokens_of, without_the_key_of_used_tokens
from tests.cast import Person

AT_ONCE = 20


@pytest.mark.embedded
@pytest.mark.django_db
class TestRefreshing:
    def test_gives_a_new_pair_and_kills_the_old_token(self, vendor: Person) -> None:
        first = tokens_of(vendor.user)
        second = refresh(first["refresh"]).json()
        assert second.keys() == {"access", "refresh"}
        assert ask_with(second["access"]).status_code == 200
        assert refresh(first["refresh"]).status_code == 401
        assert refresh(second["refresh"]).status_code == 200

    def test_reuse_within_ten_seconds_is_refused_and_no_more(self, vendor: Person) -> None:
        first = tokens_of(vendor.user)
        second = refresh(first["refresh"]).json()
        with time_machine.travel(clock.now() + timedelta(seconds=9)):
            answer = refresh(first["refresh"])
            assert (answer.status_code, answer.json()["code"]) == (401, "unauthorized")
            assert ask_with(second["access"]).status_code == 200
            assert refresh(second["refresh"]).status_code == 200
        assert not Event.objects.filter(verb="accounts.refresh_reused").exists()

    def test_later_reuse_ends_the_family_with_its_access_tokens(self, vendor: Person) -> None:
        first, elsewhere = tokens_of(vendor.user), tokens_of(vendor.user)
        second = refresh(first["refresh"]).json()
        with time_machine.travel(clock.now() + timedelta(seconds=11)):
            assert refresh(first["refresh"]).status_code == 401
            assert ask_with(second["access"]).status_code == 401
            assert refresh(second["refresh"]).status_code == 401
            assert ask_with(elsewhere["access"]).status_code == 200
            assert refresh(first["refresh"]).status_code == 401
        assert Event.objects.filter(verb="accounts.refresh_reused").count() == 1

    def test_an_access_token_cannot_be_exchanged(self, vendor: Person) -> None:
        assert refresh(tokens_of(vendor.user)["access"]).status_code == 401
        assert not UsedRefreshToken.objects.exists()

    def test_a_refused_exchange_uses_nothing_up(self, vendor: Person) -> None:
        token = tokens_of(vendor.user)["refresh"]
        vendor.company.status = "suspended"
        vendor.company.save(update_fields=["status"])
        assert refresh(token).status_code == 401
        vendor.company.status = "active"
        vendor.company.save(update_fields=["status"])
        assert refresh(token).status_code == 200

    def test_a_stale_authorization_header_does_not_matter(self, vendor: Person) -> None:
        body = {"refresh": tokens_of(vendor.user)["refresh"]}
        answer = APIClient().post(REFRESH, body, format="json", headers={"Authorization": "Bearer stale"})
        assert answer.status_code == 200

    @pytest.mark.parametrize("body", [{}, {"refresh": ""}, {"refresh": None}, {"refresh": 5}, {"refresh": "x" * 5000}])
    def test_refuses_what_is_no_token(self, db: None, body: dict[str, object]) -> None:
        assert APIClient().post(REFRESH, body, format="json").status_code == 422

    def test_thirty_a_minute_per_address(self, db: None) -> None:
        answers = [refresh("x") for _ in range(31)]
        assert [answer.status_code for answer in answers] == [401] * 30 + [429]
        assert answers[-1].headers["RateLimit-Limit"] == "30"

    def test_a_family_in_use_is_kept_and_an_expired_one_forgotten(self, vendor: Person) -> None:
        abandoned, used = tokens_of(vendor.user), tokens_of(vendor.user)
        with time_machine.travel(clock.now() + timedelta(days=5)):
            used = refresh(used["refresh"]).json()
        with time_machine.travel(clock.now() + timedelta(days=8)):
            forget_expired()
            assert TokenFamily.objects.count() == 1
            assert refresh(used["refresh"]).status_code == 200
            assert refresh(abandoned["refresh"]).status_code == 401


@pytest.mark.django_db(transaction=True)
class TestTwentyAtOnce:
    def test_exactly_one_succeeds(self, vendor: Person) -> None:
        for _ in range(3):
            cache.clear()  # the limit of exchanges is counted there
            first = tokens_of(vendor.user)
            answers = together(AT_ONCE, lambda token=first["refresh"]: refresh(token))
            assert sorted(answer.status_code for answer in answers) == [200] + [401] * (AT_ONCE - 1)
            winner = next(answer.json() for answer in answers if answer.status_code == 200)
            assert ask_with(winner["access"]).status_code == 200
            assert UsedRefreshToken.objects.filter(family__in=TokenFamily.objects.order_by("-created_at")[:1]).count() == 1

    def test_without_the_unique_key_more_than_one_succeeds(self, vendor: Person) -> None:
        """The control: the key alone is the guard."""
        first = tokens_of(vendor.user)
        with without_the_key_of_used_tokens():
            answers = together(AT_ONCE, lambda: refresh(first["refresh"]))
        assert sum(answer.status_code == 200 for answer in answers) > 1
