"""Files as people send them: good ones, and ones that pretend."""

from __future__ import annotations

import io
import struct
import zlib

from django.core.files.uploadedfile import SimpleUploadedFile
from PIL import Image
from pypdf import PdfWriter
from pypdf.generic import DecodedStreamObject, DictionaryObject, NameObject, TextStringObject


def pdf(*, title: str = "", javascript: str = "", password: str = "", attachment: bytes = b"", drawing: bytes = b"") -> bytes:
    writer = PdfWriter()
    writer.add_blank_page(width=595, height=842)
    if javascript:
        action = {NameObject("/S"): NameObject("/JavaScript"), NameObject("/JS"): TextStringObject(javascript)}
        writer.root_object[NameObject("/OpenAction")] = DictionaryObject(action)
    if drawing:  # what the page shows, which no check looks into
        content = DecodedStreamObject()
        content.set_data(drawing)
        writer.pages[0][NameObject("/Contents")] = writer._add_object(content)
    if title:
        writer.add_metadata({"/Title": title})
    if attachment:
        writer.add_attachment("inside.exe", attachment)
    if password:
        writer.encrypt(password)
    out = io.BytesIO()
    writer.write(out)
    return out.getvalue()


def picture(kind: str = "png", *, size: tuple[int, int] = (64, 48)) -> bytes:
    out = io.BytesIO()
    Image.new("RGB", size, (11, 107, 87)).save(out, format=kind.upper())
    return out.getvalue()


def huge_png(width: int = 50_000, height: int = 50_000) -> bytes:
    """A few bytes that claim to be a picture of 2.5 thousand million pixels."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", zlib.compress(b"\0" * 1000)) + chunk(b"IEND", b"")


def upload(content: bytes | None = None, name: str = "trade-license.pdf", content_type: str = "application/pdf") -> SimpleUploadedFile:
    return SimpleUploadedFile(name, pdf() if content is None else content, content_type=content_type)


def deep_png(width: int, height: int) -> bytes:
    """A whole picture of one grey, a thousand times smaller as a file than unfolded."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    packer, row = zlib.compressobj(9), b"\0" + b"\x55" * (3 * width)
    data = b"".join(packer.compress(row) for _ in range(height)) + packer.flush()
    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", data) + chunk(b"IEND", b"")


def deep_pdf(unfolded: int = 200_000_000) -> bytes:
    """A PDF whose list of objects is packed so that it unfolds to `unfolded` bytes."""
    packer, zeros = zlib.compressobj(9), b"\0" * 1_000_000
    packed = b"".join(packer.compress(zeros) for _ in range(unfolded // len(zeros))) + packer.flush()
    head = f"<< /Type /XRef /Size 10000000 /W [1 4 2] /Root 1 0 R /Filter /FlateDecode /Length {len(packed)} >>"
    start = b"%PDF-1.5\n"
    return start + b"5 0 obj\n" + head.encode() + b"\nstream\n" + packed + b"\nendstream\nendobj\nstartxref\n%d\n%%%%EOF\n" % len(start)
