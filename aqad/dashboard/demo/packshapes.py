"""The shapes a pack can have, before any colour: what is cut out, what is lid and what is label, where light falls and where shade.

A shape is drawn once, three times too large and then reduced, and kept; colouring it for a product is a handful of pastes.
"""

import itertools
import math
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import cache

from PIL import Image, ImageChops, ImageDraw, ImageFilter

FINE = 3

Point = tuple[float, float]
Profile = tuple[tuple[float, float], ...]
Box = tuple[float, float, float, float]


@dataclass
class Form:
    width: int
    height: int
    box: Box
    """Where the label's words go."""
    silhouette: Image.Image
    label: Image.Image
    layers: list[tuple[str, Image.Image]] = field(default_factory=list)
    """What is painted before the label: a role or a colour, and its mask."""
    details: list[tuple[str, Image.Image]] = field(default_factory=list)
    """What is painted over the label."""
    shade: Image.Image = field(default_factory=lambda: Image.new("L", (1, 1)))
    light: Image.Image = field(default_factory=lambda: Image.new("L", (1, 1)))
    flanked: bool = True
    """Whether two more of it stand behind."""


@cache
def form(name: str) -> Form:
    return SHAPES[name]()


class Plan:
    """A sheet on which a shape's masks are drawn, in pixels of the finished picture."""

    def __init__(self, width: int, height: int) -> None:
        self.width, self.height = width, height

    def mask(self, paint: Callable[[ImageDraw.ImageDraw], None]) -> Image.Image:
        image = Image.new("L", (self.width * FINE, self.height * FINE))
        paint(ImageDraw.Draw(image))
        return image.reduce(FINE)

    def polygon(self, *points: Point, value: int = 255) -> Image.Image:
        return self.mask(lambda draw: draw.polygon([(x * FINE, y * FINE) for x, y in points], fill=value))

    def rounded(self, x0: float, y0: float, x1: float, y1: float, radius: float, value: int = 255) -> Image.Image:
        return self.mask(lambda draw: draw.rounded_rectangle([v * FINE for v in (x0, y0, x1, y1)], radius * FINE, fill=value))

    def ellipse(self, x: float, y: float, rx: float, ry: float, value: int = 255) -> Image.Image:
        return self.mask(lambda draw: draw.ellipse([v * FINE for v in (x - rx, y - ry, x + rx, y + ry)], fill=value))

    def stripe(self, points: list[Point], width: float, value: int = 255) -> Image.Image:
        return self.mask(
            lambda draw: draw.line([(x * FINE, y * FINE) for x, y in points], fill=value, width=round(width * FINE), joint="curve")
        )

    def empty(self) -> Image.Image:
        return Image.new("L", (self.width, self.height))

    def ramp(self, stops: tuple[tuple[float, int], ...], *, upright: bool = True) -> Image.Image:
        """A gradient over the whole sheet: from top to bottom, or else from left to right."""
        values = bytes(round(between(stops, step / 255)) for step in range(256))
        strip = Image.frombytes("L", (1, 256) if upright else (256, 1), values)
        return strip.resize((self.width, self.height), Image.Resampling.BILINEAR)


def between(stops: tuple[tuple[float, int], ...], at: float) -> float:
    for (left, low), (right, high) in itertools.pairwise(stops):
        if at <= right:
            return low + (high - low) * (at - left) / ((right - left) or 1)
    return stops[-1][1]


def both(*masks: Image.Image) -> Image.Image:
    result = masks[0]
    for mask in masks[1:]:
        result = ImageChops.multiply(result, mask)
    return result


def either(*masks: Image.Image) -> Image.Image:
    result = masks[0]
    for mask in masks[1:]:
        result = ImageChops.lighter(result, mask)
    return result


def added(*masks: Image.Image) -> Image.Image:
    result = masks[0]
    for mask in masks[1:]:
        result = ImageChops.add(result, mask)
    return result


def soft(mask: Image.Image, radius: float) -> Image.Image:
    return mask.filter(ImageFilter.GaussianBlur(radius))


# --- round things, turned on a lathe ---------------------------------------------------------------------------------------------

ROUND_SHADE = bytes(
    min(255, round(178 * max(0.0, abs(u) - 0.18) ** 2.3 / 0.633 + (26 * max(0.0, u) ** 1.2)))
    for u in (step / 127.5 - 1 for step in range(256))
)
ROUND_LIGHT = bytes(
    min(
        255,
        round(
            128 * math.exp(-(((u + 0.46) / 0.13) ** 2))
            + 52 * math.exp(-(((u + 0.2) / 0.3) ** 2))
            + 58 * math.exp(-(((u - 0.8) / 0.07) ** 2))
        ),
    )
    for u in (step / 127.5 - 1 for step in range(256))
)


def radius_at(profile: Profile, y: float) -> float:
    for (top, first), (bottom, second) in itertools.pairwise(profile):
        if y <= bottom:
            along = (y - top) / ((bottom - top) or 1)
            return first + (second - first) * (1 - math.cos(math.pi * along)) / 2
    return profile[-1][1]


class Lathe(Plan):
    def __init__(self, profile: Profile, *, shine: float = 1.0) -> None:
        self.profile = profile
        self.widest = max(radius for _, radius in profile)
        super().__init__(round(self.widest * 2) + 4, round(profile[-1][0]) + 2)
        self.middle = self.width / 2
        rows = [radius_at(profile, step / 2) for step in range(2 * round(profile[-1][0]) + 1)]
        right = [(self.middle + radius, step / 2) for step, radius in enumerate(rows)]
        left = [(self.middle - radius, step / 2) for step, radius in reversed(list(enumerate(rows)))]
        self.silhouette = self.polygon(*right, *left)
        self.shade, self.light = self.empty(), self.empty()
        dark, bright = Image.frombytes("L", (256, 1), ROUND_SHADE), Image.frombytes("L", (256, 1), ROUND_LIGHT)
        if shine != 1.0:
            bright = bright.point([min(255, round(v * shine)) for v in range(256)])
        for y in range(self.height):
            wide = max(2, round(2 * radius_at(profile, y)) + 2)
            for sheet, strip in ((self.shade, dark), (self.light, bright)):
                sheet.paste(strip.resize((wide, 1), Image.Resampling.BILINEAR), (round(self.middle - wide / 2), y))

    def band(self, top: float, bottom: float, sag: float = 0.0) -> Image.Image:
        """A ring of the body; `sag` is how far its edges hang through in front, as seen from a little above."""
        across = [step / 24 for step in range(-24, 25)]
        upper = [(self.middle + u * (self.widest + 2), top + sag * math.sqrt(max(0.0, 1 - u * u)) - sag) for u in across]
        lower = [(self.middle + u * (self.widest + 2), bottom + sag * math.sqrt(max(0.0, 1 - u * u)) - sag) for u in reversed(across)]
        return both(self.polygon(*upper, *lower), self.silhouette)

    def done(
        self, *, label: tuple[float, float], box: tuple[float, float], sag: float = 0.0, layers: list[tuple[str, Image.Image]]
    ) -> Form:
        half = min(radius_at(self.profile, y) for y in (box[0], (box[0] + box[1]) / 2, box[1])) * 0.84
        return Form(
            self.width,
            self.height,
            (self.middle - half, box[0], self.middle + half, box[1]),
            self.silhouette,
            self.band(*label, sag),
            layers,
            shade=both(self.shade, self.silhouette),
            light=both(self.light, self.silhouette),
        )


def can() -> Form:
    body = Lathe(((0, 72), (5, 76), (9, 76), (36, 100), (346, 100), (366, 84), (374, 82), (380, 76)))
    made = body.done(label=(0, 380), box=(48, 340), layers=[])
    made.details = [("#D5D9DE", body.band(-10, 11, 4)), ("#C3C8CE", body.band(369, 384, 3))]
    made.shade = added(made.shade, body.band(11, 14, 4).point([v // 5 for v in range(256)]))
    return made


def can_food() -> Form:
    body = Lathe(((0, 112), (4, 120), (10, 120), (14, 116), (286, 116), (290, 120), (296, 120), (300, 114)))
    made = body.done(label=(14, 287), box=(26, 278), sag=5, layers=[("#D3D7DC", body.silhouette)])
    made.shade = added(made.shade, body.band(14, 18, 4).point([v // 4 for v in range(256)]))
    return made


def can_low() -> Form:
    body = Lathe(((0, 146), (4, 152), (10, 152), (13, 147), (156, 147), (160, 152), (166, 152), (172, 142)))
    made = body.done(label=(13, 158), box=(22, 152), sag=6, layers=[("#D3D7DC", body.silhouette)])
    made.flanked = False
    return made


def tin() -> Form:
    body = Lathe(((0, 118), (5, 124), (34, 124), (38, 119), (342, 119), (346, 123), (352, 123), (356, 117)))
    return body.done(label=(44, 342), box=(56, 334), sag=5, layers=[("#CED2D8", body.silhouette), ("cap", body.band(-8, 36, 4))])


def canister() -> Form:
    body = Lathe(((0, 78), (5, 84), (26, 84), (29, 80), (396, 80), (400, 82), (408, 80)))
    return body.done(label=(30, 396), box=(44, 388), sag=4, layers=[("#D7DADF", body.silhouette), ("#F4F4F2", body.band(-8, 28, 4))])


def jar() -> Form:
    body = Lathe(((0, 94), (6, 100), (50, 100), (53, 92), (60, 92), (96, 122), (300, 122), (318, 112), (324, 104)), shine=1.2)
    layers = [
        ("#E9EEF0", body.silhouette),
        ("contents", both(body.silhouette, body.band(72, 318, 4))),
        ("cap", body.band(-8, 51, 4)),
    ]
    made = body.done(label=(108, 294), box=(116, 288), sag=6, layers=layers)
    ridges = [body.stripe([(x, 10), (x, 46)], 1.6, 60) for x in range(20, body.width - 16, 9)]
    made.shade = added(made.shade, both(either(*ridges), body.band(-8, 51, 4)))
    return made


def bottle() -> Form:
    body = Lathe(((0, 26), (4, 29), (34, 29), (36, 31), (42, 31), (46, 27), (58, 27), (126, 84), (398, 84), (412, 78), (418, 70)))
    made = body.done(label=(40, 420), box=(138, 396), layers=[("cap", body.band(-6, 37, 2))])
    made.shade = added(made.shade, body.band(42, 47, 2).point([v // 4 for v in range(256)]))
    return made


def water() -> Form:
    shoulder: Profile = ((0, 25), (4, 28), (30, 28), (32, 30), (38, 30), (42, 25), (54, 25), (120, 76), (196, 78), (206, 74), (216, 78))
    foot: Profile = ((330, 78), (340, 73), (350, 78), (362, 73), (374, 78), (396, 78), (412, 70), (418, 64))
    body = Lathe((*shoulder, *foot), shine=1.5)
    layers = [("#CFE9F6", body.silhouette), ("#B5DCF0", body.band(100, 420, 3)), ("cap", body.band(-6, 33, 2))]
    made = body.done(label=(196, 332), box=(200, 330), sag=4, layers=layers)
    rings = [body.band(y, y + 3, 3).point([v // 6 for v in range(256)]) for y in (140, 158, 176, 344, 356, 368, 384)]
    made.shade = added(made.shade.point([v * 2 // 3 for v in range(256)]), *rings)
    return made


def glass() -> Form:
    body = Lathe(
        ((0, 25), (3, 28), (14, 28), (18, 24), (104, 26), (160, 80), (190, 83), (398, 83), (412, 78), (418, 70)),
        shine=1.4,
    )
    layers = [("contents", body.silhouette), ("cap", body.band(-6, 40, 2))]
    return body.done(label=(186, 392), box=(194, 386), sag=4, layers=layers)


def oil() -> Form:
    shoulder: Profile = ((0, 27), (4, 30), (36, 30), (38, 33), (44, 33), (48, 27), (62, 30), (112, 84), (176, 90))
    waist_and_foot: Profile = ((206, 74), (236, 74), (256, 90), (402, 90), (414, 84), (420, 76))
    body = Lathe((*shoulder, *waist_and_foot), shine=1.3)
    layers = [("contents", body.silhouette), ("cap", body.band(-6, 40, 2))]
    return body.done(label=(238, 404), box=(246, 402), sag=4, layers=layers)


def squeeze() -> Form:
    body = Lathe(((0, 70), (10, 82), (60, 90), (300, 86), (326, 66), (332, 58), (336, 64), (392, 68), (398, 62)))
    return body.done(label=(0, 330), box=(30, 312), layers=[("cap", body.band(334, 404, 3))])


def aerosol() -> Form:
    body = Lathe(((0, 34), (6, 44), (52, 46), (56, 50), (60, 58), (76, 74), (400, 74), (404, 77), (410, 74)))
    return body.done(label=(74, 400), box=(92, 392), layers=[("#CBD0D6", body.silhouette), ("cap", body.band(-6, 57, 3))])


def cup() -> Form:
    body = Lathe(((0, 104), (4, 110), (12, 110), (16, 102), (236, 76), (244, 72)))
    return body.done(label=(16, 240), box=(36, 226), sag=6, layers=[("#E6EAEE", body.silhouette)])


def tub() -> Form:
    body = Lathe(((0, 136), (5, 144), (34, 144), (38, 132), (214, 112), (226, 104)))
    made = body.done(label=(38, 228), box=(52, 214), sag=7, layers=[("cap", body.band(-8, 36, 5))])
    made.flanked = False
    return made


def cone() -> Form:
    body = Lathe(((0, 88), (6, 100), (14, 104), (20, 100), (390, 14), (400, 4)))
    made = body.done(label=(18, 402), box=(40, 220), sag=8, layers=[("#F3EBDD", body.silhouette)])
    half = 64.0
    made.box = (body.middle - half, 40, body.middle + half, 236)
    return made


def pump() -> Form:
    body = Lathe(((0, 10), (6, 12), (60, 12), (62, 34), (84, 36), (88, 30), (96, 30), (134, 86), (400, 86), (410, 80), (416, 74)))
    made = body.done(label=(94, 420), box=(144, 402), layers=[("cap", body.band(-6, 90, 2))])
    spout = body.polygon(
        (body.middle - 58, 8),
        (body.middle - 44, 0),
        (body.middle + 16, 0),
        (body.middle + 16, 16),
        (body.middle - 40, 16),
        (body.middle - 54, 24),
    )
    made.layers.append(("cap", spout))
    made.silhouette = either(made.silhouette, spout)
    return made


def spray() -> Form:
    body = Lathe(((0, 22), (40, 22), (44, 28), (78, 30), (80, 24), (96, 26), (160, 82), (400, 86), (410, 80), (416, 74)), shine=1.2)
    made = body.done(label=(92, 420), box=(172, 402), layers=[("cap", body.band(-6, 80, 2))])
    m = body.middle
    head = body.polygon(
        (m - 70, 2), (m + 30, 0), (m + 46, 14), (m + 40, 34), (m - 36, 34), (m - 44, 70), (m - 54, 70), (m - 50, 30), (m - 70, 26)
    )
    made.layers.append(("cap", head))
    made.silhouette = either(made.silhouette, head)
    return made


# --- flat and angular things -----------------------------------------------------------------------------------------------------


def cuboid(width: int, height: int, depth: int, lift: int) -> tuple[Plan, Form]:
    """A box seen from the front and a little from the right and above."""
    plan = Plan(width + depth + 2, height + lift + 2)
    front = plan.polygon((0, lift), (width, lift), (width, height + lift), (0, height + lift))
    side = plan.polygon((width, lift), (width + depth, 0), (width + depth, height + lift - lift * 0.9), (width, height + lift))
    top = plan.polygon((0, lift), (depth, 0), (width + depth, 0), (width, lift))
    made = Form(
        plan.width, plan.height, (width * 0.08, lift + height * 0.05, width * 0.92, lift + height * 0.95), either(front, side, top), front
    )
    slope = both(plan.ramp(((0, 0), (1, 46))), front)
    edge = soft(plan.stripe([(width, lift), (width, height + lift)], 3, 90), 1.2)
    made.shade = added(slope, side.point([v * 92 // 255 for v in range(256)]), both(edge, front))
    made.light = added(
        top.point([v * 96 // 255 for v in range(256)]),
        both(soft(plan.polygon((0, lift), (width * 0.46, lift), (width * 0.16, height + lift), (0, height + lift), value=44), 14), front),
    )
    made.flanked = False
    return plan, made


def box() -> Form:
    return cuboid(250, 350, 62, 34)[1]


def pack() -> Form:
    return cuboid(320, 220, 64, 44)[1]


def block() -> Form:
    return cuboid(330, 150, 56, 60)[1]


def brick() -> Form:
    plan, made = cuboid(170, 290, 58, 30)
    straw = plan.stripe([(150, 44), (196, 250)], 6, 150)
    made.details = [("#FFFFFF", both(straw, plan.polygon((170, 0), (300, 0), (300, 330), (170, 330))))]
    made.flanked = True
    return made


def carton() -> Form:
    """A gable-top carton with a screw cap."""
    width, depth = 180, 66
    plan = Plan(width + depth + 2, 402)
    roof, lift = 104, 22
    front = plan.polygon((0, roof), (width, roof), (width, 400), (0, 400))
    side = plan.polygon((width, roof), (width + depth, roof - lift), (width + depth, 400 - lift), (width, 400))
    slope = plan.polygon((0, roof), (width, roof), (width + depth * 0.5 - 8, 40), (depth * 0.5 - 8, 40))
    gable = plan.polygon((width, roof), (width + depth, roof - lift), (width + depth * 0.5 - 8, 40))
    crest = plan.polygon((depth * 0.5 - 8, 12), (width + depth * 0.5 - 8, 12), (width + depth * 0.5 - 8, 42), (depth * 0.5 - 8, 42))
    made = Form(plan.width, plan.height, (14, roof + 16, width - 14, 384), either(front, side, slope, gable, crest), front)
    knob = either(plan.ellipse(112, 70, 27, 19), plan.rounded(85, 58, 139, 72, 4), plan.ellipse(112, 58, 27, 16))
    made.layers = [("accent", crest)]
    made.details = [("#FFFFFF", knob), ("accent", plan.ellipse(112, 58, 24, 13))]
    made.shade = added(
        side.point([v * 92 // 255 for v in range(256)]),
        gable.point([v * 110 // 255 for v in range(256)]),
        both(plan.ramp(((0, 0), (0.25, 0), (1, 44))), front),
        slope.point([v * 18 // 255 for v in range(256)]),
        both(soft(plan.ellipse(112, 80, 32, 14, 110), 5), slope),
        plan.stripe([(depth * 0.5 - 8, 41), (width + depth * 0.5 - 8, 41)], 2, 70),
    )
    made.light = both(soft(plan.polygon((0, roof), (80, roof), (26, 400), (0, 400), value=50), 12), front)
    return made


def puffed(
    plan: Plan, outline: Image.Image, *, crimp: tuple[float, float] | None = None, depth: float = 26
) -> tuple[Image.Image, Image.Image]:
    """Shade and light of a filled bag: dark towards its edges, creases of light across, lines where it is sealed."""
    inner = soft(outline, depth).point([max(0, min(255, (v - 110) * 255 // 145)) for v in range(256)])
    shade = both(ImageChops.invert(inner).point([v * 116 // 255 for v in range(256)]), outline)
    w, h = plan.width, plan.height
    shade = added(shade, both(soft(plan.polygon((w * 0.62, h), (w, h * 0.45), (w, h), value=70), 22), outline))
    creases = added(
        soft(plan.polygon((w * 0.1, h * 0.12), (w * 0.26, h * 0.1), (w * 0.16, h * 0.62), (w * 0.09, h * 0.7), value=120), 9),
        soft(plan.polygon((w * 0.3, h * 0.08), (w * 0.78, h * 0.1), (w * 0.5, h * 0.16), value=86), 8),
        soft(plan.polygon((w * 0.82, h * 0.3), (w * 0.88, h * 0.3), (w * 0.86, h * 0.8), value=60), 6),
        soft(plan.polygon((w * 0.2, h * 0.9), (w * 0.6, h * 0.93), (w * 0.3, h * 0.95), value=50), 6),
    )
    light = both(creases, outline)
    if crimp:
        for edge, direction in ((0.0, 1), (float(h), -1)):
            size = crimp[0] if direction == 1 else crimp[1]
            if not size:
                continue
            seal = plan.polygon((0, edge), (w, edge), (w, edge + direction * size), (0, edge + direction * size))
            teeth = either(
                *(plan.stripe([(0, edge + direction * y), (w, edge + direction * y)], 1.4, 60) for y in range(5, round(size), 5))
            )
            shade = added(shade, both(teeth, outline))
            light = added(light, both(seal, outline).point([v * 40 // 255 for v in range(256)]))
    return shade, light


def bulged(width: float, height: float, bulge: float, waist: float, top: float = 0.0) -> list[Point]:
    """The outline of a filled bag: straight seals above and below, sides that swell."""
    steps = [step / 24 for step in range(25)]
    right = [(width - bulge + bulge * math.sin(math.pi * t) ** 0.7 - waist * (t < 0.02), top + t * (height - top)) for t in steps]
    left = [(bulge - bulge * math.sin(math.pi * t) ** 0.7 + waist * (t < 0.02), top + t * (height - top)) for t in reversed(steps)]
    return right + left


def saw(width: float, y: float, tooth: float, start: float) -> list[Point]:
    count = round((width - 2 * start) / (tooth * 2))
    return [(start + step * (width - 2 * start) / (2 * count), y + (tooth * 0.7 if step % 2 else 0)) for step in range(2 * count + 1)]


def pillow() -> Form:
    plan = Plan(270, 370)
    sides = bulged(268, 362, 12, 0, 8)
    outline = plan.polygon(*saw(268, 2, 6, 12), *sides[:25], *reversed(saw(268, 364, 6, 12)), *sides[25:])
    made = Form(270, 370, (34, 44, 236, 326), outline, outline)
    made.shade, made.light = puffed(plan, outline, crimp=(26, 24))
    return made


def sachet() -> Form:
    plan = Plan(290, 300)
    sides = bulged(288, 292, 7, 0, 8)
    outline = plan.polygon(*saw(288, 2, 5, 7), *sides[:25], *reversed(saw(288, 294, 5, 7)), *sides[25:])
    made = Form(290, 300, (30, 40, 260, 262), outline, outline)
    made.shade, made.light = puffed(plan, outline, crimp=(22, 22), depth=22)
    return made


def frozen() -> Form:
    plan = Plan(290, 380)
    sides = bulged(288, 376, 9, 0, 4)
    outline = plan.polygon(*sides)
    made = Form(290, 380, (30, 40, 260, 342), outline, outline)
    made.shade, made.light = puffed(plan, outline, crimp=(18, 14), depth=20)
    frost = either(*(plan.ellipse(x, 372 + (x * 7 % 23) - 12, 26, 24 + x * 11 % 15, 120) for x in range(0, 300, 22)))
    made.light = added(made.light, both(soft(frost, 7), outline))
    return made


def bag() -> Form:
    """A paper-and-film bag that stands on a flat bottom, its top folded over."""
    plan = Plan(240, 350)
    outline = either(
        plan.polygon((14, 30), (226, 30), (232, 70), (238, 200), (234, 342), (224, 348), (16, 348), (6, 342), (2, 200), (8, 70)),
        plan.rounded(22, 2, 218, 44, 5),
    )
    made = Form(240, 350, (26, 66, 214, 332), outline, outline)
    made.shade, made.light = puffed(plan, outline, depth=20)
    fold = plan.rounded(22, 2, 218, 40, 5)
    made.details = [("accent", both(fold, plan.polygon((0, 0), (240, 0), (240, 40), (0, 40))))]
    made.shade = added(made.shade, both(soft(plan.stripe([(10, 45), (230, 45)], 7, 120), 3), outline))
    return made


def pouch() -> Form:
    plan = Plan(250, 360)
    bottom = [(125 + 118 * math.cos(a), 330 + 26 * math.sin(a)) for a in (math.pi * k / 20 for k in range(21))]
    outline = plan.polygon((14, 4), (236, 4), (240, 40), (243, 330), *bottom, (7, 330), (10, 40))
    made = Form(250, 360, (28, 50, 222, 322), outline, outline)
    made.shade, made.light = puffed(plan, outline, crimp=(18, 0), depth=18)
    zip_line = either(plan.stripe([(10, 34), (240, 34)], 2, 70), plan.stripe([(10, 40), (240, 40)], 2, 50))
    gusset = soft(plan.stripe([(8, 318), (70, 336), (125, 341), (180, 336), (242, 318)], 3, 120), 1.5)
    made.shade = added(made.shade, both(zip_line, outline), both(gusset, outline))
    return made


def sack() -> Form:
    plan = Plan(290, 410)
    sides = bulged(288, 404, 14, 0, 22)
    outline = either(plan.polygon(*sides), plan.polygon((20, 2), (268, 2), (272, 30), (16, 30)))
    made = Form(290, 410, (40, 62, 250, 376), outline, outline)
    made.shade, made.light = puffed(plan, outline, depth=24)
    stitches = either(*(plan.stripe([(x, 24), (x + 7, 24)], 3, 255) for x in range(20, 268, 12)))
    weave = either(
        *(plan.stripe([(0, y), (290, y)], 1, 26) for y in range(40, 404, 5)),
        *(plan.stripe([(x, 34), (x, 404)], 1, 20) for x in range(6, 290, 6)),
    )
    made.details = [("#B3272D", stitches)]
    made.shade = added(made.shade, both(weave, outline), both(soft(plan.stripe([(8, 36), (282, 36)], 6, 90), 3), outline))
    made.flanked = False
    return made


def flow() -> Form:
    """A wrap sealed at both ends, lying on its back and leaned towards the buyer."""
    plan = Plan(420, 190)
    left, right = saw(188, 2, 6, 4), saw(188, 418, 6, 4)
    top = [(x, 10 + 5 * math.cos(x / 420 * math.pi * 2)) for x in range(20, 401, 10)]
    outline = either(
        plan.polygon(*top, *((x, 190 - y) for x, y in reversed(top))),
        plan.polygon(*((y, x) for x, y in left), (34, 186), (34, 4)),
        plan.polygon(*((y - 5, x) for x, y in right), (386, 186), (386, 4)),
    )
    made = Form(420, 190, (44, 22, 376, 170), outline, outline)
    made.shade, made.light = puffed(plan, outline, depth=16)
    teeth = either(*(plan.stripe([(x, 0), (x, 190)], 1.4, 64) for x in (8, 13, 18, 23, 28, 33, 387, 392, 397, 402, 407, 412)))
    made.shade = added(made.shade, both(teeth, outline))
    made.flanked = False
    return made


def bar() -> Form:
    plan = Plan(430, 140)
    left, right = saw(138, 2, 6, 4), saw(138, 428, 6, 4)
    outline = either(
        plan.rounded(22, 8, 408, 132, 10),
        plan.polygon(*((y, x) for x, y in left), (32, 136), (32, 4)),
        plan.polygon(*((y - 5, x) for x, y in right), (398, 136), (398, 4)),
    )
    made = Form(430, 140, (44, 16, 388, 124), outline, outline)
    made.shade, made.light = puffed(plan, outline, depth=14)
    teeth = either(*(plan.stripe([(x, 0), (x, 140)], 1.4, 64) for x in (8, 13, 18, 23, 28, 400, 405, 410, 415, 420)))
    made.shade = added(made.shade, both(teeth, outline))
    made.flanked = False
    return made


def jug() -> Form:
    plan = Plan(250, 400)
    outline = either(
        plan.polygon(
            (92, 46),
            (150, 46),
            (168, 84),
            (216, 116),
            (240, 160),
            (244, 384),
            (232, 398),
            (18, 398),
            (6, 384),
            (6, 170),
            (40, 110),
            (84, 82),
        ),
        plan.rounded(92, 2, 150, 50, 6),
    )
    hole = plan.polygon((190, 138), (208, 146), (220, 170), (222, 236), (210, 248), (200, 236), (200, 176), (186, 152))
    outline = ImageChops.subtract(outline, hole)
    made = Form(250, 400, (24, 160, 188, 384), outline, outline)
    made.layers = [("cap", plan.rounded(88, 0, 154, 42, 6))]
    made.silhouette = either(outline, plan.rounded(88, 0, 154, 42, 6))
    made.label = both(outline, plan.polygon((0, 46), (250, 46), (250, 400), (0, 400)))
    made.shade, made.light = puffed(plan, outline, depth=16)
    made.shade = added(made.shade, both(soft(ImageChops.subtract(plan.rounded(176, 128, 234, 258, 20, 120), hole), 5), outline))
    made.light = added(made.light, plan.rounded(96, 4, 106, 38, 4, 110))
    return made


def jerry() -> Form:
    plan = Plan(270, 390)
    outline = either(
        plan.rounded(6, 92, 264, 388, 26),
        plan.polygon((34, 104), (60, 44), (190, 44), (250, 104)),
        plan.rounded(196, 22, 246, 96, 6),
    )
    hole = plan.polygon((72, 84), (84, 62), (168, 62), (172, 84))
    outline = ImageChops.subtract(outline, hole)
    knob = plan.rounded(190, 2, 252, 44, 6)
    made = Form(270, 390, (34, 126, 236, 366), either(outline, knob), plan.rounded(22, 112, 248, 374, 14))
    made.layers = [("contents", outline), ("cap", knob)]
    made.shade, made.light = puffed(plan, outline, depth=18)
    made.light = added(made.light, plan.rounded(196, 6, 206, 40, 4, 110))
    return made


def tube() -> Form:
    """Toothpaste, standing on its cap."""
    plan = Plan(170, 410)
    outline = plan.polygon((2, 4), (168, 4), (168, 26), (140, 330), (128, 344), (42, 344), (30, 330), (2, 26))
    knob = plan.polygon((46, 344), (124, 344), (128, 404), (42, 404))
    made = Form(170, 410, (34, 40, 136, 322), either(outline, knob), outline)
    made.layers = [("cap", knob)]
    shade, light = puffed(plan, either(outline, knob), crimp=(24, 0), depth=12)
    made.shade, made.light = shade, added(light, both(plan.ramp(((0, 0), (0.25, 0), (0.36, 70), (0.5, 0), (1, 0)), upright=False), outline))
    return made


def tray() -> Form:
    """Eggs in their open carton, a sleeve with the label in front."""
    plan = Plan(400, 250)
    back = [(62 + place * 56, 60) for place in range(6)]
    near = [(90 + place * 56, 82) for place in range(5)]
    hidden = ImageChops.invert(either(*(plan.ellipse(x, y, 30, 38) for x, y in near)))
    eggs = [*(both(plan.ellipse(x, y, 30, 38), hidden) for x, y in back), *(plan.ellipse(x, y, 30, 38) for x, y in near)]
    glow = [both(plan.ellipse(x - 9, y - 16, 9, 12, 130), hidden) for x, y in back] + [
        plan.ellipse(x - 9, y - 16, 9, 12, 130) for x, y in near
    ]
    shells = either(*eggs)
    wall = plan.polygon((4, 96), (396, 96), (376, 246), (24, 246))
    rims = either(*(plan.ellipse(28 + place * 49, 98, 25, 12) for place in range(8)))
    front = either(wall, rims)
    made = Form(400, 250, (48, 110, 352, 238), either(shells, front), wall)
    made.layers = [("#F3DEC4", shells), ("base", front)]
    rim = soft(either(*(plan.stripe([(x - 30, 96), (x, 124), (x + 30, 96)], 8, 60) for x in range(90, 380, 56))), 5)
    made.shade = added(
        both(plan.ramp(((0, 0), (0.4, 0), (1, 90))), front),
        both(rim, shells, ImageChops.invert(front)),
        both(soft(plan.stripe([(20, 96), (380, 96)], 16, 120), 8), shells, ImageChops.invert(front)),
        *(both(soft(ImageChops.invert(egg), 9).point([v * 96 // 255 for v in range(256)]), egg, ImageChops.invert(front)) for egg in eggs),
    )
    made.light = added(
        both(soft(either(*glow), 3), ImageChops.invert(front)),
        both(soft(plan.polygon((20, 100), (150, 100), (60, 246), value=60), 14), wall),
    )
    made.flanked = False
    return made


def softbox() -> Form:
    """A tissue box with the first tissue already out."""
    plan, made = cuboid(300, 170, 70, 60)
    grown = Form(plan.width, plan.height + 50, made.box, plan.empty(), plan.empty())
    lifted = Plan(plan.width, plan.height + 50)

    def lower(mask: Image.Image) -> Image.Image:
        moved = lifted.empty()
        moved.paste(mask, (0, 50))
        return moved

    tissue = lifted.polygon((132, 82), (96, 26), (128, 34), (150, 2), (186, 24), (216, 0), (238, 26), (284, 14), (250, 82), (190, 92))
    grown.silhouette, grown.label = either(lower(made.silhouette), tissue), lower(made.label)
    bare = ImageChops.invert(tissue)
    grown.details = [("#F7FAFC", tissue)]
    slit = soft(lifted.ellipse(190, 82, 74, 10, 150), 2)
    folds = soft(
        either(
            lifted.polygon((150, 2), (186, 24), (176, 90), (160, 90), value=52),
            lifted.polygon((216, 0), (238, 26), (220, 90), (206, 90), value=60),
            lifted.polygon((96, 26), (128, 34), (156, 86), (132, 82), value=40),
            lifted.stripe([(132, 82), (190, 92), (250, 82)], 6, 90),
        ),
        2,
    )
    grown.shade = added(both(added(lower(made.shade), slit), bare), both(folds, tissue))
    grown.light = both(lower(made.light), bare)
    x0, y0, x1, y1 = made.box
    grown.box = (x0, y0 + 50, x1, y1 + 50)
    grown.flanked = False
    return grown


def softpack() -> Form:
    """Nappies: a compressed block in film, with a carrying handle."""
    plan = Plan(330, 350)
    handle = ImageChops.subtract(plan.rounded(90, 2, 240, 90, 26), plan.rounded(116, 26, 214, 66, 14))
    outline = either(plan.rounded(4, 52, 326, 348, 26), handle)
    made = Form(330, 350, (34, 84, 296, 328), outline, outline)
    made.shade, made.light = puffed(plan, outline, depth=18)
    made.flanked = False
    return made


def rolls() -> Form:
    """Paper rolls side by side under printed film."""
    plan = Plan(350, 330)
    outline = plan.rounded(4, 4, 346, 328, 34)
    made = Form(350, 330, (40, 60, 310, 316), outline, outline)
    made.shade, made.light = puffed(plan, outline, depth=16)
    tops = [(66 + 73 * k, 34) for k in range(4)]
    discs = either(*(plan.ellipse(x, y, 34, 19) for x, y in tops))
    cores = either(*(plan.ellipse(x, y, 12, 7) for x, y in tops))
    made.details = [("#FFFFFF", both(discs, outline)), ("#C9B59A", cores)]
    gaps = soft(either(*(plan.stripe([(x, 40), (x, 324)], 5, 80) for x in (102, 175, 248))), 4)
    made.shade = added(made.shade, both(gaps, outline), ImageChops.subtract(soft(discs, 3), discs).point([v // 2 for v in range(256)]))
    made.flanked = False
    return made


SHAPES: dict[str, Callable[[], Form]] = {
    made.__name__: made
    for made in (
        *(can, can_food, can_low, tin, canister, jar, bottle, water, glass, oil, squeeze, aerosol, cup, tub, cone, pump, spray),
        *(box, pack, block, brick, carton, pillow, sachet, frozen, bag, pouch, sack, flow, bar, jug, jerry, tube, tray),
        *(softbox, softpack, rolls),
    )
}
