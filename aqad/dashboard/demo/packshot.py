"""A pack shot for every product of the demo: the pack in its brand's colours, on a tinted ground, with its carton count below."""

import re
import zlib
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from io import BytesIO

from PIL import Image, ImageChops, ImageColor, ImageDraw, ImageFilter, ImageFont

from aqad.core.uploads import Checked, drawn_smaller
from aqad.dashboard.demo.catalogue import DemoProduct, Look
from aqad.dashboard.demo.emblems import CLEAR, CONTENTS, emblem
from aqad.dashboard.demo.packshapes import Form, Plan, both, form

SIZE = 600
FLOOR = 506
"""Where the pack stands, in pixels from the top."""

Colour = tuple[int, int, int]
Pen = ImageFont.FreeTypeFont

WIDE_BOXES = {"tea", "coffee", "cheese", "chocolate-sweets", "dates", "canned-fish", "disposables-wraps", "sauces-pickles", "sugar-salt"}
"""Categories whose boxes lie rather than stand."""

NIGHT: Colour = (28, 30, 36)
WHITE: Colour = (255, 255, 255)


def draw(product: DemoProduct, smaller: Iterable[int] = ()) -> Checked:
    """The pack shot as WebP, 600 by 600, and in the smaller sizes; the same bytes every time."""
    name, colour = shape_of(product), tint(product.look)
    shape = form(name)
    pack = packed(product, shape)
    picture = ground(colour)
    stain(picture, mix(colour, NIGHT, 0.62), shadow_of(name))
    for small, mask, x, y in companions(name, pack, colour):
        picture.paste(small, (x, y), mask)
    picture.paste(pack, ((SIZE - shape.width) // 2, FLOOR - shape.height), shape.silhouette)
    caption(picture, product.pack_size)
    out = BytesIO()
    picture.save(out, "WEBP", quality=84, method=0)
    return Checked(out.getvalue(), "webp", f"{product.sku}.webp", drawn_smaller(picture, smaller, effort=0))


def draw_all(products: Sequence[DemoProduct], smaller: Iterable[int]) -> dict[str, Checked]:
    """The pack shots by SKU."""
    return {product.sku: draw(product, smaller) for product in products}


def shape_of(product: DemoProduct) -> str:
    if product.look.shape == "box" and product.category in WIDE_BOXES:
        return "pack"
    return product.look.shape


# --- the pack --------------------------------------------------------------------------------------------------------------------


def packed(product: DemoProduct, shape: Form) -> Image.Image:
    look = product.look
    base, accent = rgb(look.base), rgb(look.accent)
    image = Image.new("RGB", (shape.width, shape.height), base)
    for role, mask in shape.layers:
        stain(image, role_colour(role, look), mask)
    stain(image, base, shape.label)
    wide = is_wide(shape)
    stain(image, accent, ornament(shape_of(product), "side" if wide else pattern_of(product.brand)))
    if wide:
        lettering_wide(image, shape, product)
    else:
        lettering(image, shape, product)
    for role, mask in shape.details:
        stain(image, role_colour(role, look), mask)
    stain(image, (10, 12, 24), shape.shade)
    stain(image, WHITE, shape.light)
    return image


def role_colour(role: str, look: Look) -> Colour:
    if role == "contents":
        return rgb(CLEAR.get((look.shape, look.emblem)) or CONTENTS.get(look.emblem, "#6B4A2B"))
    if role == "cap":
        accent = rgb(look.accent)
        return mix(accent, NIGHT, 0.12) if brightness(accent) > 225 else accent
    return rgb({"base": look.base, "accent": look.accent}.get(role, role))


def is_wide(shape: Form) -> bool:
    x0, y0, x1, y1 = shape.box
    return x1 - x0 > 1.25 * (y1 - y0)


PATTERNS = ("wave", "slant", "arch", "band", "hill")


def pattern_of(brand: str) -> str:
    return PATTERNS[zlib.crc32(brand.encode()) % len(PATTERNS)]


@cache
def ornament(shape_name: str, pattern: str) -> Image.Image:
    """Where the label wears its second colour."""
    shape = form(shape_name)
    x0, y0, x1, y1 = shape.box
    width, height, tall = shape.width, shape.height, y1 - y0
    plan = Plan(width, height)
    edge = y0 + tall * 0.5
    ends: tuple[tuple[float, float], ...] = ((width, height), (0, height))
    if pattern == "side":
        from_x = x0 + (x1 - x0) * 0.66
        mask = plan.polygon((from_x + tall * 0.12, 0), (width, 0), (width, height), (from_x - tall * 0.12, height))
    elif pattern == "wave":
        middle = width / 2
        curve = [(x, edge + tall * 0.05 * wave((x - middle) / (width / 2))) for x in range(0, width + 1, 4)]
        mask = plan.polygon(*curve, *ends)
    elif pattern == "slant":
        mask = plan.polygon((0, edge + tall * 0.08), (width, edge - tall * 0.08), *ends)
    elif pattern == "arch":
        mask = plan.ellipse(width / 2, edge + height * 0.94, width * 0.92, height)
    elif pattern == "hill":
        mask = ImageChops.subtract(
            plan.polygon((0, edge - 8), (width, edge - 8), *ends),
            plan.ellipse(width / 2, edge - height * 0.92, width * 0.95, height * 0.94),
        )
    else:
        mask = plan.polygon((0, edge), (width, edge), *ends)
    return both(mask, shape.label)


def wave(x: float) -> float:
    return 3.2 * x * (1 - x * x) * 1.2


# --- words -----------------------------------------------------------------------------------------------------------------------


def lettering(image: Image.Image, shape: Form, product: DemoProduct) -> None:
    """Brand above, emblem in the middle, the product's own words and its size below."""
    x0, y0, x1, y1 = shape.box
    width, tall, middle = x1 - x0, y1 - y0, (x0 + x1) / 2
    pen = ImageDraw.Draw(image)
    write(pen, product.brand, (x0, y0, x1, y0 + tall * 0.25), legible(rgb(product.look.ink), rgb(product.look.base)), biggest=58, lines=2)
    words, size = own_words(product)
    below = contrast(rgb(product.look.accent))
    place_emblem(image, product, middle, y0 + tall * 0.465, min(width * 0.62, tall * 0.36))
    if words:
        write(pen, words, (x0, y0 + tall * 0.68, x1, y0 + tall * 0.9), below, biggest=32, lines=3)
        write(pen, size, (x0, y0 + tall * 0.91, x1, y1), below, biggest=21, lines=1)
    else:
        write(pen, size, (x0, y0 + tall * 0.72, x1, y0 + tall * 0.9), below, biggest=30, lines=1)


def lettering_wide(image: Image.Image, shape: Form, product: DemoProduct) -> None:
    """The same for a label that is wider than tall: words on the left, emblem on the right."""
    x0, y0, x1, y1 = shape.box
    width, tall = x1 - x0, y1 - y0
    pen = ImageDraw.Draw(image)
    ink = legible(rgb(product.look.ink), rgb(product.look.base))
    words, size = own_words(product)
    side = x0 + width * 0.6
    write(pen, product.brand, (x0, y0, side, y0 + tall * (0.46 if words else 0.6)), ink, biggest=60, lines=2)
    plain = contrast(rgb(product.look.base))
    if words:
        write(pen, words, (x0, y0 + tall * 0.5, side, y0 + tall * 0.82), plain, biggest=27, lines=2)
    write(pen, size, (x0, y0 + tall * 0.85, side, y1), plain, biggest=21, lines=1)
    place_emblem(image, product, x0 + width * 0.83, (y0 + y1) / 2, min(width * 0.3, tall * 0.78))


def place_emblem(image: Image.Image, product: DemoProduct, x: float, y: float, across: float) -> None:
    side = max(24, round(across) // 2 * 2)
    plate = medallion(side)
    left, top = round(x - side / 2), round(y - side / 2)
    image.paste(rgb(product.look.ink) if brightness(rgb(product.look.ink)) < 200 else rgb(product.look.accent), (left, top), plate[0])
    image.paste((255, 253, 247), (left, top), plate[1])
    inner = round(side * 0.68)
    picture = emblem(product.look.emblem, inner)
    image.paste(picture, (round(x - inner / 2), round(y - inner / 2)), picture)


@cache
def medallion(side: int) -> tuple[Image.Image, Image.Image]:
    plan = Plan(side, side)
    half = side / 2
    return plan.ellipse(half, half, half - 0.5, half - 0.5), plan.ellipse(half, half, half * 0.925, half * 0.925)


def write(
    pen: ImageDraw.ImageDraw, text: str, area: tuple[float, float, float, float], colour: Colour, *, biggest: int, lines: int
) -> None:
    """Sets a text in the middle of an area, in the arrangement of at most so many lines that lets it be largest."""
    if not text:
        return
    x0, y0, x1, y1 = area
    rows, size = arrange(text, round(x1 - x0), round(y1 - y0), biggest, lines)
    face = font(size)
    weight = size / 40
    leading = size * 1.08
    y = (y0 + y1) / 2 - leading * (len(rows) - 1) / 2
    for row in rows:
        pen.text(((x0 + x1) / 2, y), row, fill=colour, font=face, anchor="mm", stroke_width=weight, stroke_fill=colour)
        y += leading


@cache
def arrange(text: str, width: int, height: int, biggest: int, lines: int) -> tuple[tuple[str, ...], int]:
    best: tuple[tuple[str, ...], int] = ((text,), 0)
    for rows in breaks(text.split(), lines):
        widest = max(measured(row) for row in rows)
        size = int(min(biggest, width / widest, height / (len(rows) * 1.08)))
        if size > best[1]:
            best = (rows, size)
    return best[0], max(best[1], 9)


def breaks(words: list[str], lines: int) -> list[tuple[str, ...]]:
    """Every way to set the words in at most so many lines."""
    whole = (" ".join(words),)
    if lines == 1 or len(words) == 1:
        return [whole]
    return [whole, *((" ".join(words[:cut]), *rest) for cut in range(1, len(words)) for rest in breaks(words[cut:], lines - 1))]


@cache
def measured(text: str) -> float:
    """The width of a text set at one pixel."""
    return font(100).getlength(text) / 100 * 1.05


@cache
def font(size: int) -> Pen:
    face = ImageFont.load_default(size)
    if not isinstance(face, Pen):
        raise RuntimeError("Pillow was built without FreeType, which the pack shots need")
    return face


SIZE_WORDS = re.compile(r"^\d[\d.x]*(kg|g|ml|l|s|cm|oz|mm)$", re.IGNORECASE)


def own_words(product: DemoProduct) -> tuple[str, str]:
    """What the label says besides the brand: "Salted" and "160 g" for a Lay's Salted 160g."""
    words = product.name.split()
    for brand_word in product.brand.split():
        if words and words[0] == brand_word:
            words.pop(0)
    while words and SIZE_WORDS.match(words[-1]):
        words.pop()
    size = product.pack_size.split(" x ")[1]
    return " ".join(words), "" if size == "1 pcs" else size


# --- ground, shadow, companions, caption -----------------------------------------------------------------------------------------


def tint(look: Look) -> Colour:
    """A pale ground in the family of the pack's livelier colour."""
    return mix(max(rgb(look.base), rgb(look.accent), key=liveliness), WHITE, 0.68)


def ground(colour: Colour) -> Image.Image:
    """A wall with light on it, coloured small and then stretched, and the table before it."""
    bright = mix(colour, WHITE, 0.82)
    bands = [glow().point([round(a + (b - a) * v / 255) for v in range(256)]) for a, b in zip(colour, bright, strict=True)]
    wall = Image.merge("RGB", bands).resize((SIZE, SIZE), Image.Resampling.BILINEAR)
    stain(wall, mix(colour, NIGHT, 0.10), table())
    return wall


def stain(picture: Image.Image, colour: Colour, mask: Image.Image) -> None:
    """Lay a colour over the picture where the mask is, and touch nothing else."""
    box = mask.getbbox()
    if box is not None:
        picture.paste(colour, box, mask.crop(box))


@cache
def glow() -> Image.Image:
    """Brightest in the middle, at a quarter of the picture's size."""
    return (
        ImageChops.invert(Image.radial_gradient("L"))
        .resize((SIZE // 4, SIZE // 4), Image.Resampling.BILINEAR)
        .point([min(255, v * 2) for v in range(256)])
    )


@cache
def table() -> Image.Image:
    plan = Plan(SIZE, SIZE)
    return plan.ramp(((0, 0), (0.735, 0), (0.745, 150), (1, 40)))


@dataclass(frozen=True)
class Stand:
    """Where one more pack stands behind the first: how much smaller, how far its foot is moved, and how far it fades."""

    scale: float
    right: int
    up: int
    fade: float


@cache
def stands(shape_name: str) -> tuple[Stand, ...]:
    """The companions, the farthest first: two at the sides, or for something low and wide a row behind."""
    shape = form(shape_name)
    if shape.flanked:
        out = min(round(shape.width * 0.56), 122)
        return Stand(0.84, -out, 16, 0.3), Stand(0.84, out, 16, 0.3)
    if shape.height < 290:
        up = round(shape.height * 0.52)
        nearer = Stand(0.91, 0, up, 0.22)
        return (nearer,) if shape.height > 210 else (Stand(0.82, 0, 2 * up - 8, 0.42), nearer)
    return ()


@cache
def shadow_of(shape_name: str) -> Image.Image:
    """A soft shadow at the feet of the pack and its companions, on a sheet of half the picture's size."""
    shape = form(shape_name)
    sheet = Image.new("L", (SIZE // 2, SIZE // 2))
    foot = ImageDraw.Draw(sheet)
    on_table = [stand for stand in stands(shape_name) if stand.right]
    for stand in (*on_table, Stand(1, 0, 0, 0)):
        middle, floor, half = (SIZE / 2 + stand.right) / 2, (FLOOR - stand.up) / 2, shape.width * stand.scale / 4
        foot.ellipse((middle - half - 7, floor - 9, middle + half + 12, floor + 9), fill=150)
        foot.ellipse((middle - half, floor - 5, middle + half, floor + 4), fill=210)
    return sheet.filter(ImageFilter.GaussianBlur(6)).resize((SIZE, SIZE), Image.Resampling.BILINEAR)


@cache
def smaller(shape_name: str, scale: float) -> Image.Image:
    shape = form(shape_name)
    return shape.silhouette.resize((round(shape.width * scale), round(shape.height * scale)), Image.Resampling.BILINEAR)


def companions(shape_name: str, pack: Image.Image, colour: Colour) -> Iterator[tuple[Image.Image, Image.Image, int, int]]:
    """The packs behind, each with its mask and place."""
    made: dict[tuple[float, float], Image.Image] = {}
    for stand in stands(shape_name):
        mask = smaller(shape_name, stand.scale)
        look = (stand.scale, stand.fade)
        if look not in made:
            small = pack.resize(mask.size, Image.Resampling.BILINEAR, reducing_gap=1.0)
            made[look] = Image.blend(small, Image.new("RGB", small.size, colour), stand.fade)
        yield made[look], mask, SIZE // 2 + stand.right - mask.width // 2, FLOOR - stand.up - mask.height


def caption(picture: Image.Image, text: str) -> None:
    face = font(24)
    width = round(face.getlength(text)) + 44
    pill = capsule(width)
    left = (SIZE - width) // 2
    picture.paste(WHITE, (left, 540), pill)
    ImageDraw.Draw(picture).text((SIZE / 2, 560), text, fill=NIGHT, font=face, anchor="mm", stroke_width=0.4, stroke_fill=NIGHT)


@cache
def capsule(width: int) -> Image.Image:
    return Plan(width, 40).rounded(0, 0, width - 1, 39, 20, 236)


# --- colour ----------------------------------------------------------------------------------------------------------------------


@cache
def rgb(colour: str) -> Colour:
    red, green, blue = ImageColor.getrgb(colour)[:3]
    return red, green, blue


def mix(first: Colour, second: Colour, share: float) -> Colour:
    red, green, blue = (round(a + (b - a) * share) for a, b in zip(first, second, strict=True))
    return red, green, blue


def brightness(colour: Colour) -> float:
    return 0.299 * colour[0] + 0.587 * colour[1] + 0.114 * colour[2]


def liveliness(colour: Colour) -> float:
    """How gladly a colour serves as the ground: bright ones do, and red, which half of all packs wear, less than others."""
    red, green, blue = colour
    worn = 0.55 if red > 1.8 * max(green, blue) else 1.0
    return (max(colour) - min(colour)) * (0.6 + min(brightness(colour), 160) / 400) * worn


def contrast(ground_colour: Colour) -> Colour:
    return (34, 30, 30) if brightness(ground_colour) > 150 else WHITE


def legible(ink: Colour, ground_colour: Colour) -> Colour:
    return ink if abs(brightness(ink) - brightness(ground_colour)) > 62 else contrast(ground_colour)
