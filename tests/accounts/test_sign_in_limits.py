"""Failed sign-ins are counted in the database: per account and address, per address, per account and day."""

from __future__ import annotations

from datetime import timedelta

import pytest
import time_machine
from django.core.cache import cache
from pytest_django import Settings

from aqad.accounts.actions.sessions import forget_expired
from aqad.accounts.actions.signing_in import account_key
from aqad.accounts.models import FailedSignIn
from aqad.core import clock
from tests.accounts.given import ADDRESS, OTHER_ADDRESS, sign_in, together
from tests.cast import Person

pytestmark = pytest.mark.django_db
WRONG = "Not-The-Password-1"


def given_failures(count: int, *, email: str = "", address: str = ADDRESS, ago: timedelta = timedelta(minutes=1)) -> None:
    moment = clock.now() - ago
    FailedSignIn.objects.bulk_create(
        FailedSignIn(account=account_key(email or f"someone{n}@shop.test"), address=address, at=moment) for n in range(count)
    )


@pytest.mark.embedded
def test_the_sixth_attempt_is_refused_even_with_the_right_password(vendor: Person) -> None:
    for _ in range(5):
        assert sign_in(vendor.user, WRONG).status_code == 401
    refused = sign_in(vendor.user)
    body = refused.json()
    assert (refused.status_code, body["code"], body["message"]) == (429, "rate_limited", "Too many authentication attempts")
    assert 0 < body["retryAfter"] <= 15 * 60
    assert refused.headers["Retry-After"] == str(body["retryAfter"])
    assert (refused.headers["RateLimit-Limit"], refused.headers["RateLimit-Remaining"]) == ("5", "0")
    assert refused.headers["RateLimit-Reset"] == str(body["retryAfter"])
    assert FailedSignIn.objects.count() == 5


def test_after_a_quarter_of_an_hour_the_account_is_open_again(vendor: Person) -> None:
    for _ in range(5):
        sign_in(vendor.user, WRONG)
    with time_machine.travel(clock.now() + timedelta(minutes=15, seconds=1)):
        assert sign_in(vendor.user).status_code == 200


def test_a_success_counts_for_none(vendor: Person) -> None:
    for _ in range(4):
        sign_in(vendor.user, WRONG)
    for _ in range(8):
        assert sign_in(vendor.user).status_code == 200
    assert sign_in(vendor.user, WRONG).status_code == 401
    assert sign_in(vendor.user).status_code == 429


def test_an_unknown_account_is_limited_alike() -> None:
    answers = [sign_in("nobody@shop.test", WRONG).status_code for _ in range(6)]
    assert answers == [401] * 5 + [429]


def test_another_address_may_still_sign_in(vendor: Person) -> None:
    given_failures(5, email=vendor.user.email)
    assert sign_in(vendor.user).status_code == 429
    assert sign_in(vendor.user, address=OTHER_ADDRESS).status_code == 200


def test_an_address_that_tries_many_accounts_is_refused(vendor: Person) -> None:
    given_failures(19)
    assert sign_in("last@shop.test", WRONG).status_code == 401
    refused = sign_in(vendor.user)
    assert (refused.status_code, refused.headers["RateLimit-Limit"]) == (429, "20")


def test_the_account_stays_closed_when_the_address_changes(vendor: Person) -> None:
    given_failures(49, email=vendor.user.email, ago=timedelta(hours=20), address="198.51.100.1")
    assert sign_in(vendor.user, WRONG, address="198.51.100.2").status_code == 401
    refused = sign_in(vendor.user, address="198.51.100.3")
    assert (refused.status_code, refused.headers["RateLimit-Limit"]) == (429, "50")
    assert 3 * 3600 < refused.json()["retryAfter"] <= 4 * 3600 + 1


def test_an_ipv6_client_cannot_walk_through_its_network(vendor: Person) -> None:
    for number in range(5):
        sign_in(vendor.user, WRONG, address=f"2001:db8::{number + 1:x}")
    assert sign_in(vendor.user, address="2001:db8::ffff").status_code == 429


def test_a_forged_forwarded_header_does_not_change_the_address(vendor: Person) -> None:
    for number in range(5):
        sign_in(vendor.user, WRONG, headers={"X-Forwarded-For": f"10.0.0.{number}"})
    assert sign_in(vendor.user, headers={"X-Forwarded-For": "10.0.0.99"}).status_code == 429


def test_the_limits_survive_the_loss_of_the_cache(vendor: Person) -> None:
    for _ in range(5):
        sign_in(vendor.user, WRONG)
        cache.clear()
    assert sign_in(vendor.user).status_code == 429


def test_the_scale_multiplies_the_limits(vendor: Person, settings: Settings) -> None:
    settings.RATE_LIMIT_SCALE = 2.0
    given_failures(9, email=vendor.user.email)
    assert sign_in(vendor.user, WRONG).status_code == 401
    assert sign_in(vendor.user).status_code == 429


def test_no_email_is_stored_with_a_failure(vendor: Person) -> None:
    sign_in(vendor.user, WRONG)
    assert vendor.user.email not in str(FailedSignIn.objects.values().get())


def test_failures_are_forgotten_after_a_day(vendor: Person) -> None:
    given_failures(3, ago=timedelta(hours=25))
    given_failures(2, ago=timedelta(hours=23))
    forget_expired()
    assert FailedSignIn.objects.count() == 2


@pytest.mark.django_db(transaction=True)
def test_guesses_at_the_same_moment_learn_no_more_than_five_answers(vendor: Person) -> None:
    answers = together(12, lambda: sign_in(vendor.user, WRONG).status_code)
    assert set(answers) <= {401, 429}
    assert answers.count(401) <= 5
    assert sign_in(vendor.user).status_code == 429
