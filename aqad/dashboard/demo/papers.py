"""The papers that the demo's vendors send in: a trade licence and a VAT certificate, each one page of PDF, each marked as a specimen.

Written by hand in PDF's own operators with the two standard Helvetica faces, so that making them needs no library.
"""

import math
import zlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from aqad.dashboard.demo.cast import Vendor

SPECIMEN = "SPECIMEN - demo data"

PAGE_WIDTH, PAGE_HEIGHT = 595, 842

Ink = tuple[float, float, float]

NAVY: Ink = (0.07, 0.20, 0.36)
GREEN: Ink = (0.05, 0.36, 0.28)
GOLD: Ink = (0.72, 0.56, 0.22)
TEXT: Ink = (0.13, 0.15, 0.19)
QUIET: Ink = (0.42, 0.45, 0.50)
PALE: Ink = (0.955, 0.965, 0.975)
RED: Ink = (0.72, 0.11, 0.14)
PAPER: Ink = (1.0, 1.0, 1.0)


@dataclass(frozen=True)
class Paper:
    kind: str
    """`trade_license` or `vat_certificate`."""
    filename: str
    content: bytes
    number: str
    expires_on: date | None


def papers_of(vendor: Vendor, today: date) -> tuple[Paper, Paper]:
    """What this vendor sends with its registration, as of the day on which the demo is made."""
    expires = today + timedelta(days=vendor.licence_expires_in)
    where = f"{vendor.pickup.line1}, {vendor.pickup.area}, {vendor.pickup.emirate}"
    licence = trade_license(
        company=vendor.company_name,
        number=vendor.licence_number,
        manager=vendor.contact,
        activity=vendor.activity,
        address=where,
        emirate=vendor.pickup.emirate,
        issued=expires - timedelta(days=365),
        expires=expires,
    )
    certificate = vat_certificate(company=vendor.company_name, trn=vendor.trn, address=where, registered=today - timedelta(days=820))
    return (
        Paper("trade_license", f"trade-licence-{vendor.key}.pdf", licence, vendor.licence_number, expires),
        Paper("vat_certificate", f"vat-certificate-{vendor.key}.pdf", certificate, vendor.trn, None),
    )


def trade_license(
    *, company: str, number: str, manager: str, activity: str, address: str, emirate: str, issued: date, expires: date
) -> bytes:
    """A one-page PDF with the looks of a commercial licence."""
    sheet = Sheet()
    letterhead(sheet, NAVY, f"Emirate of {emirate}", "Business Licensing", "COMMERCIAL LICENCE", f"Licence no. {number}")
    table(
        sheet,
        NAVY,
        612,
        (
            ("Trade name", company),
            ("Licence number", number),
            ("Legal form", "Limited liability company"),
            ("Manager", manager),
            ("Licensed activity", activity),
            ("Premises", address),
            ("Date of issue", day(issued)),
            ("Date of expiry", day(expires)),
        ),
    )
    sheet.text(56, 318, "Conditions", 10, NAVY, bold=True)
    for row, line in enumerate(
        (
            "This licence covers the activity named above at the premises named above and no other.",
            "It is to be shown on request and renewed before its date of expiry.",
            "A change of manager, premises or activity is to be notified within thirty days.",
        )
    ):
        sheet.text(56, 302 - 14 * row, line, 8.5, QUIET)
    seal(sheet, 452, 196, 62, NAVY, petals=24)
    signature(sheet, 62, 196, "Licensing officer")
    bars(sheet, 56, 104, number)
    closing(sheet)
    return sheet.pdf(f"Trade licence of {company}")


def vat_certificate(*, company: str, trn: str, address: str, registered: date) -> bytes:
    """A one-page PDF with the looks of a tax registration certificate."""
    sheet = Sheet()
    letterhead(sheet, GREEN, "United Arab Emirates", "Value Added Tax", "VAT REGISTRATION CERTIFICATE", f"TRN {spaced(trn)}")
    sheet.text(56, 640, "This is to certify that the person named below is registered for value added tax.", 10, TEXT)
    table(
        sheet,
        GREEN,
        596,
        (
            ("Registered name", company),
            ("Tax Registration Number", trn),
            ("Registered address", address),
            ("Effective date of registration", day(registered)),
            ("Tax period", "Quarterly: February, May, August, November"),
            ("Standard rate", "5 %"),
        ),
    )
    seal(sheet, 452, 262, 66, GREEN, petals=32)
    signature(sheet, 62, 256, "Registration officer")
    bars(sheet, 56, 150, trn)
    closing(sheet)
    return sheet.pdf(f"VAT certificate of {company}")


# the parts of a page


def letterhead(sheet: "Sheet", ink: Ink, above: str, office: str, title: str, number: str) -> None:
    sheet.fill(PAPER, 0, 0, PAGE_WIDTH, PAGE_HEIGHT)
    sheet.watermark()
    sheet.frame(22, 22, PAGE_WIDTH - 44, PAGE_HEIGHT - 44, ink, 1.6)
    sheet.frame(28, 28, PAGE_WIDTH - 56, PAGE_HEIGHT - 56, GOLD, 0.6)
    sheet.fill(ink, 28.5, 742, PAGE_WIDTH - 57, 71)
    sheet.fill(GOLD, 28.5, 738, PAGE_WIDTH - 57, 4)
    ribbon(sheet, 738, 813)
    sheet.text(56, 784, above, 17, PAPER, bold=True)
    sheet.text(56, 762, office, 11, (0.86, 0.89, 0.93))
    sheet.text(PAGE_WIDTH - 56, 784, SPECIMEN, 11, (1.0, 0.86, 0.55), bold=True, align="right")
    sheet.text(PAGE_WIDTH - 56, 764, "of no legal effect", 9, (0.86, 0.89, 0.93), align="right")
    sheet.text(PAGE_WIDTH / 2, 694, title, 21, ink, bold=True, align="middle")
    sheet.text(PAGE_WIDTH / 2, 672, number, 12, TEXT, align="middle")
    sheet.line(PAGE_WIDTH / 2 - 60, 660, PAGE_WIDTH / 2 + 60, 660, GOLD, 1.2)


def ribbon(sheet: "Sheet", bottom: float, top: float) -> None:
    """Fine interlaced waves, as on printed forms that are hard to copy."""
    for phase in range(6):
        points = [
            (222 + step * 3, (bottom + top) / 2 + 16 * math.sin(step / 5 + phase * math.pi / 6) * math.sin(step / 19)) for step in range(60)
        ]
        sheet.path(points, (0.36, 0.47, 0.56), 0.35)


def table(sheet: "Sheet", ink: Ink, top: float, rows: Sequence[tuple[str, str]]) -> None:
    height = 31
    for position, (name, value) in enumerate(rows):
        y = top - position * height
        if position % 2 == 0:
            sheet.fill(PALE, 48, y - 11, PAGE_WIDTH - 96, height)
        sheet.text(56, y, name, 9.5, QUIET)
        size = 11.0
        while wide(value, size, bold=True) > 306 and size > 6:
            size -= 0.25
        sheet.text(232, y, value, size, TEXT, bold=True)
        sheet.line(48, y - 11, PAGE_WIDTH - 48, y - 11, (0.86, 0.88, 0.90), 0.5)
    sheet.line(48, top + height - 11, PAGE_WIDTH - 48, top + height - 11, ink, 1.2)


def seal(sheet: "Sheet", x: float, y: float, radius: float, ink: Ink, *, petals: int) -> None:
    """A rosette of turned ellipses inside two rings, with a star."""
    sheet.circle(x, y, radius, ink, 1.6)
    sheet.circle(x, y, radius - 5, ink, 0.6)
    for petal in range(petals):
        turn = math.pi * petal / petals
        points = []
        for step in range(37):
            angle = 2 * math.pi * step / 36
            along, across = (radius - 8) * math.cos(angle), (radius - 8) * 0.42 * math.sin(angle)
            points.append((x + along * math.cos(turn) - across * math.sin(turn), y + along * math.sin(turn) + across * math.cos(turn)))
        sheet.path(points, tuple_mix(ink, PAPER, 0.45), 0.3)
    sheet.disc(x, y, radius * 0.36, PAPER)
    sheet.circle(x, y, radius * 0.36, ink, 0.8)
    star = [
        (
            x + radius * (0.2 if step % 2 else 0.3) * math.sin(step * math.pi / 8),
            y + radius * (0.2 if step % 2 else 0.3) * math.cos(step * math.pi / 8),
        )
        for step in range(16)
    ]
    sheet.shape(star, GOLD)
    sheet.fill(PAPER, x - radius * 0.86, y - radius * 0.68, radius * 1.72, 15)
    sheet.frame(x - radius * 0.86, y - radius * 0.68, radius * 1.72, 15, ink, 0.8)
    sheet.text(x, y - radius * 0.68 + 4, "SPECIMEN", 10, RED, bold=True, align="middle")


def signature(sheet: "Sheet", x: float, y: float, office: str) -> None:
    points = [
        (x + 6 + step * 2.3, y + 12 + 15 * math.sin(step / 2.4) * math.exp(-step / 26) + 5 * math.sin(step / 0.9) * (step > 16))
        for step in range(56)
    ]
    sheet.path(points, (0.10, 0.18, 0.52), 1.1)
    sheet.line(x, y - 10, x + 170, y - 10, QUIET, 0.6)
    sheet.text(x, y - 23, office, 9, QUIET)


def bars(sheet: "Sheet", x: float, y: float, text: str) -> None:
    """Bars that look machine-readable; they stand for nothing."""
    at = x
    for letter in text:
        for bit in range(5):
            thick = 2.0 if ord(letter) >> bit & 1 else 0.9
            if bit % 2 == 0:
                sheet.fill(TEXT, at, y, thick, 26)
            at += thick + 0.8
    sheet.text(x, y - 11, text, 8, QUIET)


def closing(sheet: "Sheet") -> None:
    sheet.line(48, 66, PAGE_WIDTH - 48, 66, (0.86, 0.88, 0.90), 0.5)
    sheet.text(PAGE_WIDTH / 2, 50, f"{SPECIMEN}. Made for the AQAD demonstration; not issued by any authority.", 8.5, RED, align="middle")


def day(value: date) -> str:
    return value.strftime("%d/%m/%Y")


def spaced(trn: str) -> str:
    return f"{trn[:3]} {trn[3:7]} {trn[7:11]} {trn[11:]}"


def tuple_mix(first: Ink, second: Ink, share: float) -> Ink:
    red, green, blue = (a + (b - a) * share for a, b in zip(first, second, strict=True))
    return red, green, blue


# the least of PDF that this needs (ISO 32000-1)


class Sheet:
    """One A4 page; lengths in points, the origin at the lower left."""

    def __init__(self) -> None:
        self.operators: list[str] = []

    def add(self, *operators: str) -> None:
        self.operators.extend(operators)

    def fill(self, ink: Ink, x: float, y: float, width: float, height: float) -> None:
        self.add(f"{colour(ink)} rg {x:.2f} {y:.2f} {width:.2f} {height:.2f} re f")

    def frame(self, x: float, y: float, width: float, height: float, ink: Ink, weight: float) -> None:
        self.add(f"{colour(ink)} RG {weight} w {x:.2f} {y:.2f} {width:.2f} {height:.2f} re S")

    def line(self, x0: float, y0: float, x1: float, y1: float, ink: Ink, weight: float) -> None:
        self.path([(x0, y0), (x1, y1)], ink, weight)

    def path(self, points: Sequence[tuple[float, float]], ink: Ink, weight: float) -> None:
        self.add(f"{colour(ink)} RG {weight} w {joined(points)} S")

    def shape(self, points: Sequence[tuple[float, float]], ink: Ink) -> None:
        self.add(f"{colour(ink)} rg {joined(points)} h f")

    def circle(self, x: float, y: float, radius: float, ink: Ink, weight: float) -> None:
        self.add(f"{colour(ink)} RG {weight} w {ring(x, y, radius)} S")

    def disc(self, x: float, y: float, radius: float, ink: Ink) -> None:
        self.add(f"{colour(ink)} rg {ring(x, y, radius)} f")

    def text(self, x: float, y: float, text: str, size: float, ink: Ink, *, bold: bool = False, align: str = "left") -> None:
        shift = {"left": 0.0, "middle": 0.5, "right": 1.0}[align] * wide(text, size, bold=bold)
        self.add(f"BT /{'B' if bold else 'R'} {size:g} Tf {colour(ink)} rg 1 0 0 1 {x - shift:.2f} {y:.2f} Tm ({escaped(text)}) Tj ET")

    def watermark(self) -> None:
        turn, size = math.radians(52), 58
        cosine, sine = math.cos(turn), math.sin(turn)
        half = wide("SPECIMEN", size * 1.6, bold=True) / 2
        x, y = PAGE_WIDTH / 2 - half * cosine + 30, PAGE_HEIGHT / 2 - half * sine - 20
        place = f"{cosine:.4f} {sine:.4f} {-sine:.4f} {cosine:.4f} {x:.2f} {y:.2f} Tm"
        self.add(f"BT /B {size * 1.6:g} Tf 0.945 0.925 0.915 rg {place} (SPECIMEN) Tj ET")

    def pdf(self, title: str) -> bytes:
        content = zlib.compress("\n".join(self.operators).encode("cp1252"), 9)
        face = "<< /Type /Font /Subtype /Type1 /BaseFont /{} /Encoding /WinAnsiEncoding >>"
        objects = [
            b"<< /Type /Catalog /Pages 2 0 R >>",
            b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
            (
                f"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 {PAGE_WIDTH} {PAGE_HEIGHT}] /Contents 6 0 R"
                " /Resources << /Font << /R 4 0 R /B 5 0 R >> >> >>"
            ).encode(),
            face.format("Helvetica").encode(),
            face.format("Helvetica-Bold").encode(),
            b"<< /Length %d /Filter /FlateDecode >>\nstream\n%b\nendstream" % (len(content), content),
            f"<< /Title ({escaped(title)}) /Subject ({SPECIMEN}) /Creator (AQAD demo) >>".encode("cp1252"),
        ]
        out = bytearray(b"%PDF-1.4\n%\xe2\xe3\xcf\xd3\n")
        offsets = []
        for number, body in enumerate(objects, 1):
            offsets.append(len(out))
            out += b"%d 0 obj\n%b\nendobj\n" % (number, body)
        start = len(out)
        out += b"xref\n0 %d\n0000000000 65535 f \n" % (len(objects) + 1)
        out += b"".join(b"%010d 00000 n \n" % offset for offset in offsets)
        out += b"trailer\n<< /Size %d /Root 1 0 R /Info 7 0 R >>\nstartxref\n%d\n%%%%EOF\n" % (len(objects) + 1, start)
        return bytes(out)


def colour(ink: Ink) -> str:
    return " ".join(f"{part:.3f}" for part in ink)


def joined(points: Sequence[tuple[float, float]]) -> str:
    (x, y), *rest = points
    return f"{x:.2f} {y:.2f} m " + " ".join(f"{x:.2f} {y:.2f} l" for x, y in rest)


def ring(x: float, y: float, radius: float) -> str:
    """A circle in four Bezier curves."""
    pull = radius * 0.5523
    return (
        f"{x + radius:.2f} {y:.2f} m "
        f"{x + radius:.2f} {y + pull:.2f} {x + pull:.2f} {y + radius:.2f} {x:.2f} {y + radius:.2f} c "
        f"{x - pull:.2f} {y + radius:.2f} {x - radius:.2f} {y + pull:.2f} {x - radius:.2f} {y:.2f} c "
        f"{x - radius:.2f} {y - pull:.2f} {x - pull:.2f} {y - radius:.2f} {x:.2f} {y - radius:.2f} c "
        f"{x + pull:.2f} {y - radius:.2f} {x + radius:.2f} {y - pull:.2f} {x + radius:.2f} {y:.2f} c h"
    )


def escaped(text: str) -> str:
    return text.replace("\\", r"\\").replace("(", r"\(").replace(")", r"\)")


# advance widths of the printable ASCII letters, space to tilde, in thousandths of the size (Adobe Font Metrics 4.1)
WIDTHS = {
    False: (
        "278 278 355 556 556 889 667 191 333 333 389 584 278 333 278 278 556 556 556 556 556 556 556 556 556 556 278 278 584 584 584 556 "
        "1015 667 667 722 722 667 611 778 722 278 500 667 556 833 722 778 667 778 722 667 611 722 667 944 667 667 611 278 278 278 469 556 "
        "333 556 556 500 556 556 278 556 556 222 222 500 222 833 556 556 556 556 333 500 278 556 500 722 500 500 500 334 260 334 584"
    ),
    True: (
        "278 333 474 556 556 889 722 238 333 333 389 584 278 333 278 278 556 556 556 556 556 556 556 556 556 556 333 333 584 584 584 611 "
        "975 722 722 722 722 667 611 778 722 278 556 722 611 833 722 778 667 778 722 667 611 722 667 944 667 667 611 333 278 333 584 556 "
        "333 556 611 556 611 556 333 611 611 278 278 556 278 889 611 611 611 611 389 556 333 611 556 778 556 556 500 389 280 389 584"
    ),
}
ADVANCE = {bold: [int(width) for width in widths.split()] for bold, widths in WIDTHS.items()}


def wide(text: str, size: float, *, bold: bool = False) -> float:
    """The length of a text in points; letters beyond ASCII count as an n."""
    widths = ADVANCE[bold]
    return sum(widths[ord(letter) - 32] if 32 <= ord(letter) < 127 else 556 for letter in text) * size / 1000
