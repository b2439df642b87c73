"""Files from outside are believed by their content, never by their name. Stored under random keys (TRUST.md 4)."""

from __future__ import annotations

import io
import re
import secrets
import warnings
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import PurePosixPath
from typing import Any

from django.core.files.base import ContentFile
from django.core.files.uploadedfile import UploadedFile
from django.utils.translation import gettext_lazy as _
from PIL import Image, ImageOps
from pypdf import PdfReader

from aqad.core import text
from aqad.core.errors import Words

MEGABYTE = 1024 * 1024
LARGEST_DOCUMENT = 10 * MEGABYTE
LARGEST_IMAGE = 5 * MEGABYTE
MOST_PIXELS = 40_000_000
LONGEST_EDGE = 1600
SIGNATURES = {b"%PDF-": "pdf", b"\xff\xd8\xff": "jpeg", b"\x89PNG\r\n\x1a\n": "png"}
CONTENT_TYPES = {"pdf": "application/pdf", "jpeg": "image/jpeg", "png": "image/png", "webp": "image/webp"}
ACTIVE_PDF = ("/JavaScript", "/JS", "/Launch", "/EmbeddedFile", "/EmbeddedFiles", "/RichMedia", "/XFA")
MARKUP = re.compile(rb"<\s*(script|html|svg|iframe|\?php)", re.IGNORECASE)


class BadFile(ValueError):
    """The file cannot be accepted; the message is for the person who sent it."""

    def __init__(self, message: Words) -> None:
        self.message = message
        super().__init__(str(message))


@dataclass(frozen=True, slots=True)
class Checked:
    """A file whose content was found to be what it says; `name` is only for showing.

    `smaller` holds a picture once more by the length of its longer side in pixels, for those lengths that were asked for.
    """

    content: bytes
    kind: str
    name: str
    smaller: Mapping[int, bytes] = field(default_factory=dict)

    @property
    def content_type(self) -> str:
        return CONTENT_TYPES[self.kind]

    def as_file(self) -> ContentFile[bytes]:
        return ContentFile(self.content, name=f"{secrets.token_hex(16)}.{self.kind}")


def check_document(upload: UploadedFile[Any]) -> Checked:
    """A PDF, JPEG or PNG of at most 10 MB, as it is. Raises BadFile."""
    content = _read(upload, LARGEST_DOCUMENT, _("The file is larger than 10 MB."))
    kind = _kind(content)
    if kind not in {"pdf", "jpeg", "png"}:
        raise BadFile(_("Only PDF, JPEG and PNG files are accepted."))
    if kind == "pdf":
        _check_pdf(content)
    else:
        # A picture is stored as drawn anew, so that nothing hides behind its last pixel.
        content = _encoded(_drawn(content, kind, longest_edge=4000, into=kind), kind)
    return Checked(content, kind, shown_name(upload.name))


def check_image(upload: UploadedFile[Any], *, longest_edge: int = LONGEST_EDGE, smaller: Iterable[int] = ()) -> Checked:
    """A JPEG, PNG or WebP of at most 5 MB, drawn anew as WebP without metadata, in the `smaller` sizes too. Raises BadFile."""
    content = _read(upload, LARGEST_IMAGE, _("The image is larger than 5 MB."))
    kind = _kind(content)
    if kind not in {"jpeg", "png", "webp"}:
        raise BadFile(_("Only JPEG, PNG and WebP images are accepted."))
    drawn = _drawn(content, kind, longest_edge=longest_edge, into="webp")
    return Checked(_encoded(drawn, "webp"), "webp", shown_name(upload.name), drawn_smaller(drawn, smaller))


def drawn_smaller(picture: Image.Image, edges: Iterable[int], *, effort: int = 2) -> dict[int, bytes]:
    """The picture as WebP for each length of its longer side that it exceeds: none is ever made larger. Raises BadFile.

    `effort` is WebP's own, 0 to 6: more makes smaller files more slowly.
    """
    made: dict[int, bytes] = {}
    for edge in sorted(edges, reverse=True):
        if max(picture.size) > edge:
            # Each is made of the one before, which is as good to the eye and less work.
            picture = picture.copy()
            picture.thumbnail((edge, edge), Image.Resampling.HAMMING)
            made[edge] = _encoded(picture, "webp", effort=effort)
    return made


def shown_name(name: str | None) -> str:
    """The last part of a file's name, clean and at most 120 characters; for showing only."""
    last = PurePosixPath((name or "").replace("\\", "/")).name
    try:
        cleaned = text.clean(last)
    except text.Unclean:
        cleaned = ""
    return (cleaned or "file")[-120:]


def _read(upload: UploadedFile[Any], largest: int, too_large: Words) -> bytes:
    if upload.size is not None and upload.size > largest:
        raise BadFile(too_large)
    upload.seek(0)
    content: bytes = upload.read(largest + 1)
    if len(content) > largest:
        raise BadFile(too_large)
    if not content:
        raise BadFile(_("The file is empty."))
    return content


def _kind(content: bytes) -> str | None:
    if content[:4] == b"RIFF" and content[8:12] == b"WEBP":
        return "webp"
    return next((kind for signature, kind in SIGNATURES.items() if content.startswith(signature)), None)


def _check_pdf(content: bytes) -> None:
    if MARKUP.search(content[:1024]) or b"%%EOF" not in content[-2048:]:
        raise BadFile(_("The PDF is damaged."))
    try:
        reader = PdfReader(io.BytesIO(content), strict=False)
        if reader.is_encrypted:
            raise BadFile(_("The PDF is protected by a password; send it without one."))
        if not reader.pages:
            raise BadFile(_("The PDF has no pages."))
        active = _active_parts(reader)
    except BadFile:
        raise
    except Exception as error:  # pypdf raises whatever a broken file makes it stumble over
        raise BadFile(_("The PDF is damaged.")) from error
    if active:
        raise BadFile(_("The PDF holds scripts or embedded files; send a plain one."))


def _active_parts(reader: PdfReader, most: int = 20_000) -> bool:
    """Whether any object of the file, compressed or not, names a script, a launch action or an embedded file."""
    waiting: list[Any] = [reader.trailer]
    seen: set[Any] = set()
    while waiting and most:
        most -= 1
        value = waiting.pop()
        if hasattr(value, "idnum"):
            if value.idnum in seen:
                continue
            seen.add(value.idnum)
            value = value.get_object()
        if isinstance(value, dict):
            if any(name in value for name in ACTIVE_PDF) or value.get("/S") in ("/JavaScript", "/Launch"):
                return True
            waiting.extend(value.raw_get(key) if hasattr(value, "raw_get") else value[key] for key in value)
        elif isinstance(value, list):
            waiting.extend(list.__iter__(value))
    return not most


def _drawn(content: bytes, kind: str, *, longest_edge: int, into: str) -> Image.Image:
    """What is seen of a picture, upright, in memory; `into` is the kind it is meant for."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error", Image.DecompressionBombWarning)
            with Image.open(io.BytesIO(content), formats=[kind.upper()]) as picture:
                if picture.width * picture.height > MOST_PIXELS:
                    raise BadFile(_("The image has too many pixels."))
                picture.draft("RGB", (longest_edge, longest_edge))
                ImageOps.exif_transpose(picture, in_place=True)
                mode = "RGBA" if picture.mode in {"RGBA", "LA", "P", "PA"} and into != "jpeg" else "RGB"
                # Each copy of the largest picture takes 160 MB, so none is made that is not needed.
                drawn = picture if picture.mode == mode else picture.convert(mode)
                drawn.thumbnail((longest_edge, longest_edge))
    except BadFile:
        raise
    except Exception as error:  # Pillow raises many kinds for broken pictures
        raise _damaged() from error
    return drawn


def _encoded(drawn: Image.Image, kind: str, *, effort: int = 4) -> bytes:
    options: dict[str, dict[str, Any]] = {"webp": {"quality": 82, "method": effort}, "jpeg": {"quality": 90}}
    out = io.BytesIO()
    try:
        drawn.save(out, format=kind.upper(), **options.get(kind, {}))
    except Exception as error:
        raise _damaged() from error
    return out.getvalue()


def _damaged() -> BadFile:
    return BadFile(_("The image is damaged."))
