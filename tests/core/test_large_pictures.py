"""A small file may unfold into a large picture: what drawing it anew may cost in memory is bounded."""

from __future__ import annotations

import subprocess
import sys

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from aqad.core import uploads
from tests.factories import files

MEGABYTES = 330  # the interpreter with Django, and one copy of the largest picture, 4 bytes a pixel
DRAW = """
import re
from pathlib import Path
from django.conf import settings
settings.configure()
from django.core.files.uploadedfile import SimpleUploadedFile
from aqad.core import uploads
from tests.factories import files
content = files.deep_png(8000, 5000)
made = uploads.check_image(SimpleUploadedFile("a.png", content)).content
# Of this program alone: getrusage also counts what its parent held when it was forked.
print(len(content), len(made), int(re.search(r"VmHWM:\\s+(\\d+)", Path("/proc/self/status").read_text())[1]) // 1024)
"""


@pytest.mark.skipif(sys.platform != "linux", reason="other systems count memory in other units")
def test_the_largest_picture_is_held_in_memory_once() -> None:
    done = subprocess.run([sys.executable, "-c", DRAW], capture_output=True, text=True, check=True, timeout=120)
    sent, made, most = map(int, done.stdout.split())
    assert sent < 1_000_000, "the picture is to be a bomb: small as a file, 40 million pixels unfolded"
    assert made > 0
    assert most < MEGABYTES


@pytest.mark.parametrize(("width", "height"), [(50_000, 50_000), (8_001, 5_000), (40_000_001, 1)])
def test_refuses_more_pixels_than_that_before_any_is_drawn(width: int, height: int) -> None:
    with pytest.raises(uploads.BadFile):
        uploads.check_image(SimpleUploadedFile("a.png", files.huge_png(width, height)))


@pytest.mark.parametrize("kind", ["png", "jpeg", "webp"])
@pytest.mark.parametrize("kept", [0.3, 0.6, 0.95])
def test_refuses_a_truncated_picture(kind: str, kept: float) -> None:
    whole = files.picture(kind, size=(640, 480))
    with pytest.raises(uploads.BadFile, match="damaged"):
        uploads.check_image(SimpleUploadedFile(f"a.{kind}", whole[: int(len(whole) * kept)]))


def test_refuses_a_pdf_whose_parts_unfold_without_end() -> None:
    with pytest.raises(uploads.BadFile, match="damaged"):
        uploads.check_document(SimpleUploadedFile("a.pdf", files.deep_pdf()))
