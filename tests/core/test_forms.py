"""A form is read as strictly as JSON, parts and files included."""

from __future__ import annotations

from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.http import QueryDict
from django.test import RequestFactory
from rest_framework.exceptions import ValidationError
from rest_framework.request import Request

from aqad.core.fields import DayField, DocumentField, EmirateField, StrictSerializer, TextField
from aqad.core.parsing import StrictMultiPartParser
from aqad.core.web import Page
from tests.factories import files


class Place(StrictSerializer):
    line1 = TextField()
    emirate = EmirateField()


class Body(StrictSerializer):
    name = TextField()
    place = Place(required=False)
    since = DayField(required=False)
    paper = DocumentField(required=False)


def form(text: str) -> QueryDict:
    return QueryDict(text, mutable=True)


@pytest.mark.parametrize(
    "text", ["name=A&place.line1=Street 1&place.emirate=dubai", 'name=A&place={"line1": "Street 1", "emirate": "Dubai"}']
)
def test_a_part_of_a_form_is_dotted_or_json(text: str) -> None:
    body = Body(data=form(text))
    assert body.is_valid(), body.errors
    assert body.validated_data["place"] == {"line1": "Street 1", "emirate": "Dubai"}


@pytest.mark.parametrize(
    ("text", "field"),
    [
        ("name=A&place.line1=S&place.emirate=Dubai&place.is_staff=1", "place"),
        ("name=A&place={broken", "place"),
        ("name=A&name.line1=S", "name.line1"),
        ("name=A&since=20260101", "since"),
        ("name=A&since=2026-02-30", "since"),
        ("name=A&paper=text", "paper"),
    ],
)
def test_a_wrong_part_is_named(text: str, field: str) -> None:
    body = Body(data=form(text))
    assert not body.is_valid()
    assert field in body.errors


def test_a_dot_means_nothing_in_json() -> None:
    body = Body(data={"name": "A", "place.line1": "S"})
    assert not body.is_valid()
    assert "place.line1" in body.errors


def test_a_file_is_believed_by_its_content() -> None:
    data: Any = form("name=A")
    data["paper"] = SimpleUploadedFile("licence.pdf", b"<html>", content_type="application/pdf")
    body = Body(data=data)
    assert not body.is_valid()
    assert "paper" in body.errors


def test_a_page_reads_a_body_that_is_not_there_as_an_empty_form() -> None:
    page = Page()
    page.request = Request(RequestFactory().generic("POST", "/", content_type=""), parsers=[StrictMultiPartParser()])
    with pytest.raises(ValidationError) as refused:
        page.read_form(Body)
    assert set(refused.value.detail) == {"name"}


def test_a_page_reads_a_file_that_does_not_fit_into_memory(settings: Any) -> None:
    settings.FILE_UPLOAD_MAX_MEMORY_SIZE = 1
    page = Page()
    sent = RequestFactory().post("/", {"name": "A", "since": "", "paper": files.upload()})
    page.request = Request(sent, parsers=[StrictMultiPartParser()])
    read = page.read_form(Body)
    assert (read["name"], read["paper"].kind) == ("A", "pdf")
    assert "since" not in read
