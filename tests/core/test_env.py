"""A wrong environment stops the start with one sentence that names the variable."""

from pathlib import Path

import pytest

from aqad import env

pytestmark = pytest.mark.embedded


def test_refuses_a_missing_secret_in_production(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("SECRET_KEY", raising=False)
    with pytest.raises(env.EnvError, match="SECRET_KEY is missing"):
        env.secret("SECRET_KEY", made_in=None)


@pytest.mark.parametrize("weak", ["short", "x" * 60, "change-me-please-0123456789-abcdefghijklmnop"])
def test_refuses_a_weak_secret(monkeypatch: pytest.MonkeyPatch, weak: str) -> None:
    monkeypatch.setenv("SECRET_KEY", weak)
    with pytest.raises(env.EnvError, match="SECRET_KEY is too weak"):
        env.secret("SECRET_KEY", made_in=None)


def test_an_embedded_secret_is_made_once_and_only_its_owner_can_read_it(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.delenv("SECRET_KEY", raising=False)
    first = env.secret("SECRET_KEY", made_in=tmp_path / "secrets")
    assert env.secret("SECRET_KEY", made_in=tmp_path / "secrets") == first
    assert len(first) >= env.SECRET_LENGTH
    assert (tmp_path / "secrets.secret_key").stat().st_mode & 0o077 == 0


@pytest.mark.parametrize(
    ("value", "reader"), [("maybe", env.flag), ("-1", lambda name: env.integer(name, 0)), ("nan", lambda name: env.number(name, 1))]
)
def test_refuses_a_value_of_the_wrong_kind(monkeypatch: pytest.MonkeyPatch, value: str, reader: object) -> None:
    monkeypatch.setenv("AQAD_TRIED", value)
    with pytest.raises(env.EnvError, match="AQAD_TRIED"):
        reader("AQAD_TRIED")  # type: ignore[operator]


def test_the_environment_wins_over_the_file(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    (tmp_path / ".env").write_text("# words\nexport AQAD_ONE='1'\nAQAD_TWO=2\n")
    monkeypatch.setenv("AQAD_TWO", "kept")
    monkeypatch.delenv("AQAD_ONE", raising=False)
    env.load_dotenv(tmp_path / ".env")
    assert (env.text("AQAD_ONE"), env.text("AQAD_TWO")) == ("1", "kept")
    monkeypatch.delenv("AQAD_ONE")


def test_a_mail_address_is_read_whole() -> None:
    read = env.email("smtp+tls://user%40x:p%2Fw@mail.test")
    assert (read["EMAIL_HOST"], read["EMAIL_PORT"], read["EMAIL_HOST_USER"], read["EMAIL_HOST_PASSWORD"], read["EMAIL_USE_TLS"]) == (
        "mail.test", 587, "user@x", "p/w", True,
    )  # fmt: skip
