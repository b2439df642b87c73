"""POST /api/auth/login of an account with a second factor: what is asked for, what is accepted, and that nothing is accepted twice."""

from __future__ import annotations

import secrets
import threading
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.core.cache import cache
from pytest_django import Settings

from aqad.accounts import codes, sealing
from aqad.accounts.actions import proving
from aqad.accounts.models import FailedSignIn, RecoveryCode, SecondFactor, TokenFamily
from aqad.audit.models import Event
from aqad.core import clock
from tests import cast
from tests.accounts.given import ask_with, code, sign_in, together, with_second_factor, wrong_code
from tests.cast import Person
from tests.factories.people import SECRET

pytestmark = pytest.mark.django_db
WRONG = "Not-The-Password-1"
# RFC 6238, appendix B: the seed of its SHA-1 examples, and the last six of the eight digits it gives for these moments.
RFC_SECRET = "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ"
RFC_CODES = {59: "287082", 1111111109: "081804", 1111111111: "050471", 1234567890: "005924", 2000000000: "279037"}


def verbs() -> list[str]:
    return list(Event.objects.filter(verb__startswith="accounts.").order_by("pk").values_list("verb", flat=True))


@pytest.mark.parametrize(("second", "digits"), RFC_CODES.items())
def test_the_codes_are_those_of_the_standard(second: int, digits: str) -> None:
    assert codes.code_at(RFC_SECRET, second // codes.STEP) == digits


@pytest.mark.embedded
class TestSigningIn:
    def test_without_a_code_it_is_asked_for(self, vendor: Person) -> None:
        with_second_factor(vendor.user)
        answer = sign_in(vendor.user)
        assert (answer.status_code, answer.json()["code"]) == (403, "otp_required")
        assert answer.json().keys() == {"success", "code", "message"}
        assert verbs() == ["accounts.code_asked"]
        assert not TokenFamily.objects.exists()
        assert not FailedSignIn.objects.exists()

    def test_with_the_code_it_opens(self, vendor: Person) -> None:
        with_second_factor(vendor.user)
        answer = sign_in(vendor.user, otp=code())
        assert answer.status_code == 200
        assert ask_with(answer.json()["access"]).status_code == 200
        assert verbs() == ["accounts.signed_in"]

    def test_a_wrong_password_is_told_nothing_of_a_second_factor(self, vendor: Person, rival_vendor: Person) -> None:
        with_second_factor(vendor.user)
        answers = [sign_in(vendor.user, WRONG), sign_in(vendor.user, WRONG, otp=code()), sign_in(rival_vendor.user, WRONG)]
        assert [answer.status_code for answer in answers] == [401] * 3
        assert len({str(answer.json()) for answer in answers}) == 1
        assert SecondFactor.objects.get().last_step == 0

    def test_a_wrong_code_is_answered_like_a_wrong_password(self, vendor: Person) -> None:
        with_second_factor(vendor.user)
        wrong, password = sign_in(vendor.user, otp=wrong_code()), sign_in(vendor.user, WRONG)
        assert (wrong.status_code, wrong.json()) == (401, password.json())
        assert wrong.headers.keys() == password.headers.keys()
        assert not TokenFamily.objects.exists()
        assert Event.objects.filter(verb="accounts.sign_in_failed", facts={"why": "otp"}).count() == 1

    def test_an_account_without_one_is_asked_for_nothing(self, vendor: Person) -> None:
        assert sign_in(vendor.user, otp="123456").status_code == 200

    def test_one_that_was_begun_and_not_confirmed_counts_for_nothing(self, vendor: Person) -> None:
        with_second_factor(vendor.user)
        SecondFactor.objects.update(confirmed_at=None)
        assert sign_in(vendor.user).status_code == 200

    def test_the_neighbouring_steps_are_right_and_those_beyond_are_not(self, vendor: Person) -> None:
        with_second_factor(vendor.user)
        assert sign_in(vendor.user, otp=code(-2)).status_code == 401
        assert sign_in(vendor.user, otp=code(2)).status_code == 401
        assert sign_in(vendor.user, otp=code(-1)).status_code == 200
        assert sign_in(vendor.user, otp=code(1)).status_code == 200

    def test_a_used_step_and_those_before_it_are_never_accepted_again(self, vendor: Person) -> None:
        with_second_factor(vendor.user)
        now, before = code(), code(-1)
        assert sign_in(vendor.user, otp=now).status_code == 200
        assert sign_in(vendor.user, otp=now).status_code == 401
        assert sign_in(vendor.user, otp=before).status_code == 401
        with time_machine.travel(clock.now() + timedelta(seconds=30)):
            assert sign_in(vendor.user, otp=now).status_code == 401
            assert sign_in(vendor.user, otp=code()).status_code == 200

    def test_another_persons_code_is_wrong(self, vendor: Person, rival_vendor: Person) -> None:
        with_second_factor(vendor.user)
        with_second_factor(rival_vendor.user)
        other = codes.new_secret()
        SecondFactor.objects.filter(user=rival_vendor.user).update(secret=sealing.seal(other))
        assert sign_in(vendor.user, otp=code(secret=other)).status_code == 401

    @pytest.mark.parametrize("typed", [" {} {} ", "{}-{}"])
    def test_spaces_are_left_out_and_nothing_else(self, vendor: Person, typed: str) -> None:
        with_second_factor(vendor.user)
        digits = code()
        assert sign_in(vendor.user, otp=typed.format(digits[:3], digits[3:])).status_code == (200 if " " in typed else 401)

    def test_digits_of_another_script_are_no_code(self, vendor: Person) -> None:
        with_second_factor(vendor.user)
        arabic = code().translate(str.maketrans("0123456789", "٠١٢٣٤٥٦٧٨٩"))
        assert sign_in(vendor.user, otp=arabic).status_code == 401

    @pytest.mark.parametrize("otp", [123456, ["123456"], {"$ne": ""}, True, "1" * 31, "12\x003456"])
    def test_refuses_what_is_no_code(self, vendor: Person, otp: Any) -> None:
        with_second_factor(vendor.user)
        answer = sign_in(vendor.user, otp=otp)
        assert (answer.status_code, list(answer.json()["errors"])) == (422, ["otp"])
        assert not TokenFamily.objects.exists()

    def test_a_suspended_company_is_told_so_before_a_code_is_asked_for(self, db: None) -> None:
        person = cast.a_vendor(company__status="suspended")
        with_second_factor(person.user)
        assert sign_in(person.user, otp=code()).json()["code"] == "account_suspended"
        assert SecondFactor.objects.get().last_step == 0


class TestGuesses:
    def test_are_limited_like_passwords_and_share_their_limit(self, vendor: Person) -> None:
        with_second_factor(vendor.user)
        assert [sign_in(vendor.user, otp=wrong_code()).status_code for _ in range(3)] == [401] * 3
        assert [sign_in(vendor.user, WRONG).status_code for _ in range(2)] == [401] * 2
        refused = sign_in(vendor.user, otp=code())
        assert (refused.status_code, refused.json()["message"]) == (429, "Too many authentication attempts")
        assert not TokenFamily.objects.exists()

    def test_the_limit_survives_the_loss_of_the_cache(self, vendor: Person) -> None:
        with_second_factor(vendor.user)
        for _ in range(5):
            sign_in(vendor.user, otp=wrong_code())
            cache.clear()
        assert sign_in(vendor.user, otp=code()).status_code == 429

    def test_asking_for_the_code_is_no_guess(self, vendor: Person) -> None:
        with_second_factor(vendor.user)
        assert [sign_in(vendor.user).status_code for _ in range(7)] == [403] * 7
        assert sign_in(vendor.user, otp=code()).status_code == 200


@pytest.mark.embedded
class TestRecoveryCodes:
    def test_each_opens_once(self, vendor: Person) -> None:
        first, second = with_second_factor(vendor.user, recovery_codes=2)
        assert sign_in(vendor.user, otp=first).status_code == 200
        assert sign_in(vendor.user, otp=first).status_code == 401
        assert sign_in(vendor.user, otp=second.replace("-", "").upper()).status_code == 200
        used = Event.objects.filter(verb="accounts.recovery_code_used").order_by("pk")
        assert [event.facts for event in used] == [{"left": 1}, {"left": 0}]
        assert used[0].actor == f"Vendor {vendor.of.reference}"

    def test_they_are_stored_as_digests(self, vendor: Person) -> None:
        (given,) = with_second_factor(vendor.user, recovery_codes=1)
        assert given not in str(list(RecoveryCode.objects.values()))
        assert len(given.replace("-", "")) == 16

    def test_another_persons_are_worth_nothing(self, vendor: Person, rival_vendor: Person) -> None:
        with_second_factor(vendor.user)
        (foreign,) = with_second_factor(rival_vendor.user, recovery_codes=1)
        assert sign_in(vendor.user, otp=foreign).status_code == 401
        assert not RecoveryCode.objects.exclude(used_at=None).exists()

    def test_no_ten_are_alike(self) -> None:
        assert len({code for _ in range(20) for code in codes.new_recovery_codes()}) == 200


class TestTheSecretAtRest:
    def test_does_not_lie_open(self, vendor: Person) -> None:
        with_second_factor(vendor.user)
        assert SECRET not in str(SecondFactor.objects.values().get())

    def test_is_sealed_anew_each_time(self) -> None:
        assert sealing.seal(SECRET) != sealing.seal(SECRET)

    def test_is_read_under_a_new_key_as_long_as_the_old_one_is_kept(self, vendor: Person, settings: Settings) -> None:
        with_second_factor(vendor.user)
        settings.SECRET_KEY_FALLBACKS, settings.SECRET_KEY = [settings.SECRET_KEY], secrets.token_urlsafe(48)
        assert sign_in(vendor.user, otp=code()).status_code == 200

    def test_without_the_old_key_codes_are_wrong_and_recovery_codes_still_open(self, vendor: Person, settings: Settings) -> None:
        (recovery,) = with_second_factor(vendor.user, recovery_codes=1)
        settings.SECRET_KEY = secrets.token_urlsafe(48)
        assert sign_in(vendor.user, otp=code()).status_code == 401
        assert sign_in(vendor.user, otp=recovery).status_code == 200

    def test_what_was_changed_is_not_read(self) -> None:
        sealed = sealing.seal(SECRET)
        with pytest.raises(sealing.Unreadable):
            sealing.unseal(sealed[:-2] + ("A" if sealed[-2] != "A" else "B") + sealed[-1])


AT_ONCE = 20


@pytest.mark.django_db(transaction=True)
class TestTwentyAtOnce:
    """Whole sign-ins race in tests/races; here what decides is asked alone."""

    def test_one_code_is_right_once(self, vendor: Person) -> None:
        with_second_factor(vendor.user)
        for _ in range(3):
            SecondFactor.objects.update(last_step=0)
            assert self.accepted(vendor, code()) == 1

    def test_one_recovery_code_is_right_once(self, vendor: Person) -> None:
        (recovery,) = with_second_factor(vendor.user, recovery_codes=1)
        assert self.accepted(vendor, recovery) == 1
        assert Event.objects.filter(verb="accounts.recovery_code_used").count() == 1

    def accepted(self, person: Person, otp: str) -> int:
        return together(AT_ONCE, lambda: proving.accept(person.user, otp, actor=person.actor)).count(True)

    @pytest.mark.production
    def test_control_with_looking_first_and_writing_later_a_code_is_right_more_than_once(
        self, vendor: Person, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """The conditional update alone is the guard. Each looks before any of them writes, as on a busy server."""
        all_have_looked = threading.Barrier(4)

        def look_first(factor_id: int, step: int) -> bool:
            is_free = SecondFactor.objects.filter(pk=factor_id, last_step__lt=step).exists()
            all_have_looked.wait(timeout=60)
            SecondFactor.objects.filter(pk=factor_id).update(last_step=step)
            return is_free

        with_second_factor(vendor.user)
        digits = code()
        monkeypatch.setattr(proving, "_claim_step", look_first)
        assert together(4, lambda: proving.accept(vendor.user, digits, actor=vendor.actor)) == [True] * 4
