"""The small pictures on the labels: an orange, a leaf, a fish... Each is a few strokes on a field of 100 by 100, in its natural colours."""

import math
from collections.abc import Callable
from functools import cache

from PIL import Image, ImageDraw

FINE = 4  # drawn this many times larger, then reduced, for smooth edges

Point = tuple[float, float]


@cache
def emblem(name: str, size: int) -> Image.Image:
    """The emblem as RGBA, `size` pixels square."""
    side = size * FINE
    image = Image.new("RGBA", (side, side), (255, 255, 255, 0))
    PAINTERS[name](Brush(image, side / 100))
    return image.reduce(FINE)


class Brush:
    def __init__(self, image: Image.Image, scale: float) -> None:
        self.draw = ImageDraw.Draw(image)
        self.scale = scale

    def oval(self, x: float, y: float, rx: float, ry: float, colour: str) -> None:
        self.draw.ellipse([value * self.scale for value in (x - rx, y - ry, x + rx, y + ry)], fill=colour)

    def disc(self, x: float, y: float, radius: float, colour: str) -> None:
        self.oval(x, y, radius, radius, colour)

    def shape(self, points: list[Point], colour: str) -> None:
        self.draw.polygon([(x * self.scale, y * self.scale) for x, y in points], fill=colour)

    def line(self, points: list[Point], width: float, colour: str) -> None:
        self.draw.line([(x * self.scale, y * self.scale) for x, y in points], fill=colour, width=round(width * self.scale), joint="curve")
        for x, y in (points[0], points[-1]):
            self.disc(x, y, width / 2, colour)

    def bow(self, x: float, y: float, radius: float, start: float, end: float, width: float, colour: str) -> None:
        box = [value * self.scale for value in (x - radius, y - radius, x + radius, y + radius)]
        self.draw.arc(box, start, end, fill=colour, width=round(width * self.scale))

    def pie(self, x: float, y: float, radius: float, start: float, end: float, colour: str) -> None:
        box = [value * self.scale for value in (x - radius, y - radius, x + radius, y + radius)]
        self.draw.pieslice(box, start, end, fill=colour)

    def box(self, x: float, y: float, width: float, height: float, radius: float, colour: str) -> None:
        area = [value * self.scale for value in (x, y, x + width, y + height)]
        self.draw.rounded_rectangle(area, radius * self.scale, fill=colour)

    def blade(self, x: float, y: float, length: float, width: float, angle: float, colour: str) -> None:
        """A leaf or petal with its root at x, y, pointing to `angle` degrees (0 is up)."""
        turn = math.radians(angle)
        points = []
        for side in (1, -1):
            steps = range(13) if side == 1 else range(12, -1, -1)
            for step in steps:
                along = step / 12
                across = side * width / 2 * math.sin(math.pi * along) ** 0.8
                points.append(
                    (
                        x + math.sin(turn) * along * length + math.cos(turn) * across,
                        y - math.cos(turn) * along * length + math.sin(turn) * across,
                    )
                )
        self.shape(points, colour)


def bubbles(b: Brush) -> None:
    for x, y, radius in ((38, 60, 24), (68, 40, 17), (70, 74, 11), (42, 22, 9), (22, 30, 6)):
        b.disc(x, y, radius, "#2F80D0")
        b.disc(x, y, radius * 0.84, "#A9D4F5")
        b.disc(x - radius * 0.3, y - radius * 0.35, radius * 0.28, "#FFFFFF")


def drop(b: Brush) -> None:
    b.disc(50, 62, 30, "#1E88D2")
    b.shape([(50, 4), (24, 48), (50, 60), (76, 48)], "#1E88D2")
    b.bow(50, 62, 21, 95, 175, 6, "#BFE3FA")


def orange(b: Brush) -> None:
    b.disc(50, 56, 38, "#F28A1A")
    b.disc(50, 56, 33, "#FFF3DA")
    for wedge in range(8):
        b.pie(50, 56, 30, wedge * 45 + 4, wedge * 45 + 41, "#F9A13A")
    b.blade(56, 20, 32, 16, 70, "#3E9B3A")


def lemon(b: Brush) -> None:
    b.disc(50, 52, 38, "#8CBF26")
    b.disc(50, 52, 33, "#F7FBE0")
    for wedge in range(8):
        b.pie(50, 52, 30, wedge * 45 + 4, wedge * 45 + 41, "#C9DE4B")
    b.blade(60, 18, 30, 15, 75, "#2E8B3D")


def apple(b: Brush) -> None:
    b.disc(36, 58, 27, "#7DB928")
    b.disc(64, 58, 27, "#7DB928")
    b.oval(50, 68, 27, 25, "#7DB928")
    b.line([(50, 38), (54, 16)], 5, "#6B4A2B")
    b.blade(55, 26, 28, 15, 70, "#3E8E2F")
    b.oval(32, 50, 6, 11, "#B8DD6B")


def mango(b: Brush) -> None:
    b.oval(50, 58, 38, 30, "#F5A21B")
    b.oval(60, 50, 26, 22, "#F9BF3B")
    b.oval(34, 66, 16, 15, "#E5722B")
    b.blade(62, 30, 36, 15, 65, "#3E9B3A")


def peach(b: Brush) -> None:
    b.disc(50, 56, 36, "#F5A06B")
    b.pie(50, 56, 36, 100, 250, "#EE7F5B")
    b.bow(70, 50, 34, 130, 215, 4, "#D4603F")
    b.blade(54, 24, 30, 15, 65, "#4BA046")


def berry(b: Brush) -> None:
    for x, y in ((50, 34), (34, 46), (66, 46), (50, 54), (36, 66), (64, 66), (50, 80)):
        b.disc(x, y, 14, "#B31942")
        b.disc(x - 4, y - 5, 4, "#F08FA9")
    for angle in (-60, 0, 60):
        b.blade(50, 28, 22, 12, angle, "#3E8E2F")


def grape(b: Brush) -> None:
    for x, y in ((32, 38), (50, 38), (68, 38), (41, 54), (59, 54), (50, 70), (50, 84)):
        b.disc(x, y, 13, "#5B2A86")
        b.disc(x - 4, y - 4, 4, "#B79AD6")
    b.blade(50, 30, 28, 20, 40, "#4B9A3A")


def leaf(b: Brush) -> None:
    b.blade(50, 92, 78, 34, 0, "#3E9B3A")
    b.blade(48, 92, 62, 26, -48, "#5DB24A")
    b.blade(52, 92, 62, 26, 48, "#2F7F34")
    b.line([(50, 90), (50, 34)], 2.5, "#E5F3D8")


def wheat(b: Brush) -> None:
    b.line([(50, 96), (50, 30)], 4, "#B57B1C")
    for step in range(4):
        b.blade(50, 84 - step * 17, 30, 13, -42, "#D99A2B")
        b.blade(50, 84 - step * 17, 30, 13, 42, "#E9B84C")
    b.blade(50, 34, 30, 13, 0, "#E0A83A")


def cup(b: Brush) -> None:
    b.bow(72, 56, 15, 270, 90, 6, "#8A4B23")
    b.shape([(18, 42), (78, 42), (70, 82), (26, 82)], "#8A4B23")
    b.oval(48, 42, 30, 8, "#5A2D12")
    b.oval(48, 43, 26, 6, "#C98B54")
    b.box(14, 84, 68, 6, 3, "#C98B54")
    for x in (36, 50, 64):
        b.bow(x, 24, 8, 250, 90, 3.5, "#B9A38F")


def bean(b: Brush) -> None:
    for x, y, angle in ((36, 56, -20), (66, 52, 25)):
        b.blade(x - 22 * math.sin(math.radians(angle)), y + 36, 72, 50, angle, "#5A3018")
        b.line([(x, y + 26), (x - 3, y), (x + 4, y - 24)], 4, "#C59A6B")


def milk(b: Brush) -> None:
    b.shape([(34, 12), (66, 12), (66, 30), (78, 48), (78, 92), (22, 92), (22, 48), (34, 30)], "#CFE6F7")
    b.shape([(22, 56), (36, 50), (50, 58), (64, 50), (78, 56), (78, 92), (22, 92)], "#FFFFFF")
    b.line([(22, 57), (36, 51), (50, 59), (64, 51), (78, 57)], 3, "#4A90C9")
    b.box(31, 6, 38, 11, 4, "#1F6FB5")
    b.line([(22, 50), (22, 92), (78, 92), (78, 50)], 3, "#4A90C9")


def egg(b: Brush) -> None:
    b.oval(38, 62, 22, 28, "#F1DCC0")
    b.oval(62, 60, 23, 29, "#E8C39A")
    b.oval(38, 36, 15, 16, "#F1DCC0")
    b.oval(54, 50, 6, 10, "#F7E3CB")


def cheese(b: Brush) -> None:
    b.shape([(8, 62), (70, 22), (92, 52), (92, 62)], "#F9D65B")
    b.box(8, 60, 84, 26, 3, "#F2B92E")
    for x, y, radius in ((30, 72, 6), (56, 76, 7), (76, 68, 5), (64, 46, 5)):
        b.disc(x, y, radius, "#D9971A")


def honey(b: Brush) -> None:
    for x, y in ((50, 26), (28, 39), (72, 39), (28, 64), (72, 64), (50, 77), (50, 51)):
        b.shape([(x + 14 * math.sin(math.radians(a)), y + 14 * math.cos(math.radians(a))) for a in range(0, 360, 60)], "#E39A1C")
        b.shape([(x + 9 * math.sin(math.radians(a)), y + 9 * math.cos(math.radians(a))) for a in range(0, 360, 60)], "#F9C846")


def olive(b: Brush) -> None:
    b.blade(14, 30, 66, 18, 70, "#6E8B3D")
    b.oval(38, 64, 19, 23, "#5E7A1E")
    b.oval(66, 60, 18, 22, "#3B3F1A")
    b.oval(32, 57, 5, 8, "#A9C15B")


def tomato(b: Brush) -> None:
    b.oval(50, 58, 40, 34, "#D7261E")
    b.oval(34, 48, 9, 7, "#F2786B")
    for angle in (-80, -40, 0, 40, 80):
        b.blade(50, 34, 24, 10, angle, "#2F8A3A")


def chilli(b: Brush) -> None:
    b.shape([(34, 20), (54, 26), (66, 48), (78, 72), (94, 84), (70, 86), (48, 70), (34, 44)], "#D2181F")
    b.shape([(40, 26), (48, 28), (58, 52), (66, 66), (52, 58), (42, 42)], "#EE6A5F")
    b.line([(40, 22), (24, 10)], 7, "#2F8A3A")
    b.oval(43, 23, 13, 7, "#3E9B3A")


def corn(b: Brush) -> None:
    b.oval(50, 46, 20, 38, "#F4C21F")
    for row in range(6):
        for column in range(3):
            b.disc(38 + column * 12, 20 + row * 11, 4.6, "#FBE07A")
    b.blade(46, 96, 66, 24, -28, "#4B9A3A")
    b.blade(54, 96, 66, 24, 28, "#3A8030")


def pea(b: Brush) -> None:
    b.blade(10, 86, 108, 44, 48, "#4B9A3A")
    for x, y in ((34, 66), (48, 53), (62, 40)):
        b.disc(x, y, 10, "#8FCB4F")
        b.disc(x - 3, y - 3, 3, "#D5EFA8")


def fish(b: Brush) -> None:
    b.shape([(66, 50), (94, 28), (88, 50), (94, 74)], "#2C6FA5")
    b.oval(42, 50, 36, 20, "#3D8BC7")
    b.pie(42, 52, 33, 10, 170, "#BFDDF0")
    b.disc(20, 45, 4.5, "#FFFFFF")
    b.disc(19, 45, 2.4, "#10202E")
    b.bow(34, 50, 13, -60, 60, 3, "#1F5C8C")


def shrimp(b: Brush) -> None:
    b.bow(52, 50, 36, 150, 40, 19, "#F08A6A")
    for angle in (190, 225, 260, 295, 330):
        x, y = 52 + 30 * math.cos(math.radians(angle)), 50 + 30 * math.sin(math.radians(angle))
        b.line([(52 + 20 * math.cos(math.radians(angle)), 50 + 20 * math.sin(math.radians(angle))), (x + (x - 52) * 0.16, y)], 2, "#C95738")
    b.blade(76, 72, 26, 16, 200, "#D9603E")
    b.disc(26, 58, 3, "#3A1A10")
    b.line([(22, 66), (6, 84)], 2, "#C95738")


def drumstick(b: Brush) -> None:
    b.line([(56, 58), (82, 84)], 11, "#F3E8D5")
    b.disc(88, 80, 8, "#F3E8D5")
    b.disc(80, 89, 8, "#F3E8D5")
    b.oval(40, 42, 31, 29, "#B5651D")
    b.shape([(30, 68), (66, 36), (68, 66), (60, 70)], "#B5651D")
    b.oval(32, 34, 11, 8, "#DD9A55")


def flame(b: Brush) -> None:
    b.disc(50, 64, 30, "#E4401B")
    b.shape([(20, 62), (30, 32), (40, 44), (54, 4), (66, 36), (74, 28), (80, 62)], "#E4401B")
    b.disc(50, 72, 19, "#F9A825")
    b.shape([(31, 70), (50, 36), (69, 70)], "#F9A825")
    b.disc(50, 79, 10, "#FFF1B8")


def bolt(b: Brush) -> None:
    b.shape([(60, 2), (20, 56), (46, 56), (36, 98), (82, 38), (54, 38)], "#F4B400")
    b.shape([(57, 10), (28, 52), (42, 52)], "#FFE27A")


def flower(b: Brush) -> None:
    for angle in range(0, 360, 40):
        b.blade(50, 50, 44, 22, angle, "#F2B632" if angle % 80 else "#F7CB5C")
    b.disc(50, 50, 14, "#7A4A1E")
    b.disc(50, 50, 9, "#5A3414")


def star(b: Brush) -> None:
    points = [
        (50 + (46 if k % 2 == 0 else 20) * math.sin(k * math.pi / 5), 52 - (46 if k % 2 == 0 else 20) * math.cos(k * math.pi / 5))
        for k in range(10)
    ]
    b.shape(points, "#E0A526")
    b.shape([(50 + (x - 50) * 0.6, 52 + (y - 52) * 0.6) for x, y in points], "#F7D774")


def sparkle(b: Brush) -> None:
    for x, y, size, colour in ((44, 54, 40, "#2A9FD8"), (78, 24, 19, "#5CC2EA"), (80, 80, 14, "#8AD6F2")):
        b.shape(
            [
                (
                    x + (size if k % 2 == 0 else size * 0.22) * math.sin(k * math.pi / 4),
                    y - (size if k % 2 == 0 else size * 0.22) * math.cos(k * math.pi / 4),
                )
                for k in range(8)
            ],
            colour,
        )


def heart(b: Brush) -> None:
    b.disc(33, 38, 22, "#E5577A")
    b.disc(67, 38, 22, "#E5577A")
    b.shape([(14, 48), (86, 48), (50, 92)], "#E5577A")
    b.oval(29, 32, 7, 6, "#F6B3C2")


def nut(b: Brush) -> None:
    for x, y, angle, colour in ((30, 90, 14, "#A8652B"), (52, 94, -8, "#C47F3C"), (78, 86, -34, "#8E521F")):
        b.blade(x, y, 70, 34, angle, colour)
    b.line([(52, 86), (46, 42)], 2.2, "#E7BE8B")
    b.line([(34, 80), (43, 38)], 2.2, "#D9A56B")


def date(b: Brush) -> None:
    for x, y, angle, colour in ((34, 92, -14, "#5B2E14"), (62, 94, 12, "#7A4320")):
        b.blade(x, y, 74, 44, angle, colour)
    b.oval(30, 52, 4, 13, "#B5794B")
    b.oval(64, 52, 4, 13, "#C58A5A")
    b.blade(50, 26, 26, 10, 60, "#6E8B3D")


def cocoa(b: Brush) -> None:
    for row in range(2):
        for column in range(3):
            x, y = 11 + column * 27, 22 + row * 29
            b.box(x, y, 25, 27, 4, "#5A2D17")
            b.box(x + 4, y + 4, 17, 18, 3, "#7B4426")


def cookie(b: Brush) -> None:
    b.disc(50, 50, 40, "#B87333")
    b.disc(50, 50, 34, "#D99A5B")
    for x, y, radius in ((36, 38, 5), (60, 34, 4), (66, 56, 6), (44, 62, 5), (30, 56, 3.5), (54, 48, 3.5)):
        b.disc(x, y, radius, "#5A2D17")


def crisp(b: Brush) -> None:
    for x, y, rx, ry in ((38, 60, 30, 22), (62, 42, 30, 22)):
        b.oval(x, y, rx, ry, "#E0A21F")
        b.oval(x, y - 2, rx - 4, ry - 4, "#F7D05B")
        b.oval(x - 6, y - 4, rx * 0.4, ry * 0.3, "#FCE69A")


def pineapple(b: Brush) -> None:
    for angle in (-40, -20, 0, 20, 40):
        b.blade(50, 42, 36, 12, angle, "#3E9B3A")
    b.oval(50, 66, 25, 30, "#F2B21F")
    for offset in (-20, 0, 20):
        b.line([(50 + offset - 14, 46), (50 + offset + 10, 88)], 2, "#C77F12")
        b.line([(50 + offset + 14, 46), (50 + offset - 10, 88)], 2, "#C77F12")


def pepper(b: Brush) -> None:
    for x, y, radius in ((34, 40, 16), (64, 36, 14), (50, 64, 17), (76, 66, 12), (24, 70, 11)):
        b.disc(x, y, radius, "#2B2622")
        b.disc(x - radius * 0.3, y - radius * 0.3, radius * 0.3, "#7A6F66")


def icecream(b: Brush) -> None:
    b.shape([(26, 50), (74, 50), (50, 98)], "#D9974A")
    b.line([(36, 54), (56, 86)], 2, "#A86A26")
    b.line([(64, 54), (44, 86)], 2, "#A86A26")
    b.disc(36, 40, 17, "#F7D9E0")
    b.disc(64, 40, 17, "#FFF4D6")
    b.disc(50, 24, 18, "#FFFFFF")
    b.disc(50, 25, 15, "#F6EBD3")


PAINTERS: dict[str, Callable[[Brush], None]] = {
    painter.__name__: painter
    for painter in (
        *(bubbles, drop, orange, lemon, apple, mango, peach, berry, grape, leaf, wheat, cup, bean, milk, egg, cheese, honey, olive, tomato),
        *(
            chilli,
            corn,
            pea,
            fish,
            shrimp,
            drumstick,
            flame,
            bolt,
            flower,
            star,
            sparkle,
            heart,
            nut,
            date,
            cocoa,
            cookie,
            crisp,
            pineapple,
        ),
        *(pepper, icecream),
    )
}

# what shows through glass, by the emblem of what is inside
CONTENTS = {
    "bean": "#3B2011",
    "nut": "#9A6430",
    "honey": "#DE9418",
    "berry": "#7E1233",
    "egg": "#F4EBC6",
    "cheese": "#F4CF73",
    "chilli": "#B3211B",
    "tomato": "#B8231B",
    "milk": "#F7F4EC",
    "olive": "#A9A13A",
    "flower": "#F0C23A",
    "corn": "#F3C63E",
    "leaf": "#8C8148",
    "peach": "#E8913C",
    "apple": "#D9C77A",
    "wheat": "#8A4A16",
    "cookie": "#B9783B",
    "flame": "#6B2410",
    "drop": "#5B3A24",
    "bubbles": "#1F6B43",
    "cup": "#E7D3B0",
    "pepper": "#2B2622",
    "date": "#4A2412",
    "cocoa": "#4A2412",
}

# the same for packs through which something paler shows than its emblem would suggest
CLEAR = {("jerry", "drop"): "#DDEAEE", ("jerry", "sparkle"): "#F1F4F6", ("jar", "drop"): "#F4F0DF"}
