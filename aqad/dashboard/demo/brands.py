"""The brands on the demo's shelves: where their barcodes are issued and which colours their packs wear."""

from dataclasses import dataclass
from functools import cache

# name | GS1 country prefix | pack colour | second colour | colour of the name, when plain contrast is not wanted
TABLE = """
7UP | 629 | #00813F | #E4D80B | #FFFFFF
Aashirvaad | 890 | #C8102E | #F4B223 | #FFFFFF
Abu Kass | 890 | #F3E9D2 | #B3272D | #1D5B3A
Activia | 301 | #FFFFFF | #4CA64C | #0B7A3B
Afia | 628 | #F7C600 | #D71920 | #B01218
Ahmad Tea | 501 | #14233C | #B08D3C | #E7C873
Air Wick | 500 | #5B2A86 | #E9C46A | #FFFFFF
Al Ain | 629 | #EAF6FD | #0072BC | #00508F
Al Ain Dairy | 629 | #FFFFFF | #1B75BC | #12508A
Al Ain Farms | 629 | #C9252C | #2F7D32 | #FFFFFF
Al Alali | 628 | #1B6B3A | #D62828 | #FFFFFF
Al Baker | 629 | #F5E6C8 | #8A4B1E | #6B3410
Al Foah | 629 | #5B3420 | #D9A441 | #F3D38A
Al Islami | 629 | #0B6B3A | #F4B223 | #FFFFFF
Al Jazira | 629 | #F4C542 | #C0392B | #7A1F12
Al Khaleej | 629 | #1F5AA6 | #E3EEF9 | #FFFFFF
Al Rawabi | 629 | #FFFFFF | #2F9E44 | #1B6E2F
Al Rifai | 528 | #3A2416 | #C9973F | #E8C57A
Al Shifa | 628 | #F6C445 | #7B3F00 | #5A2D00
Al Wadi | 528 | #1E6B45 | #E0B23C | #FFF3D0
Almarai | 628 | #F5FAFF | #0067B1 | #00447C
Alokozay | 629 | #B5121B | #E7B53B | #FFE29A
American Garden | 071 | #14366B | #C8242B | #FFFFFF
Americana | 628 | #D71920 | #FFC629 | #FFFFFF
Amul | 890 | #F8D24A | #C1121F | #C1121F
Anchor | 940 | #F7D94C | #0B4EA2 | #B1121D
Ariel | 400 | #0B7A4B | #2A5DB0 | #FFFFFF
Arla | 570 | #FFFFFF | #00843D | #00632E
Aseel | 629 | #1E7A3C | #F0C419 | #FFE680
Barbican | 628 | #123C2E | #C8A24A | #F0D48A
Barilla | 807 | #0A3C8C | #C8102E | #FFFFFF
Bayara | 629 | #2B2E34 | #E27D26 | #FFFFFF
Bayt | 629 | #F3EBDD | #6B7F3A | #3E4A1F
Best | 629 | #C61A22 | #F3B61F | #FFFFFF
Borges | 841 | #1C3D24 | #C9A227 | #F2DD93
Bounty | 500 | #F4F8FC | #1E88C9 | #0E5E9C
Britannia | 890 | #D71F26 | #F5C518 | #FFFFFF
Brooke Bond | 890 | #B3131B | #D9A441 | #FFFFFF
Cadbury | 762 | #3B1C71 | #D9B45B | #FFFFFF
California Garden | 629 | #F2E4B7 | #C7262C | #0E5A36
Castania | 528 | #6E1423 | #E0A431 | #FFE6A8
Century | 480 | #F1C40F | #C0221F | #8E1310
Cerelac | 761 | #F8E08E | #2B6CB0 | #C8102E
Cheetos | 629 | #E8590C | #1C1C1C | #FFFFFF
Clorox | 044 | #1A4FA3 | #E23B2E | #FFFFFF
Coca-Cola | 544 | #D8101C | #F2F2F2 | #FFFFFF
Coffee-Mate | 955 | #B5161D | #F0D9A8 | #FFFFFF
Colgate | 871 | #D6141D | #F4F6FA | #FFFFFF
Comfort | 871 | #2A74C7 | #F2A7C3 | #FFFFFF
Crystal | 071 | #F0F6F8 | #3C8DAD | #1F5C78
Daawat | 890 | #7A1420 | #D8A13A | #FFE0A0
Dabur | 890 | #F4F8EE | #2E7D32 | #B5121B
Danone | 303 | #F3F8FD | #1E63B0 | #14478A
Dettol | 629 | #0B7A4A | #E9F5EC | #FFFFFF
Diamond | 071 | #20306B | #BFC8D6 | #FFFFFF
Dilmah | 479 | #0F4C3A | #C5A253 | #F3DFA2
Dole | 071 | #F6D32D | #1857A4 | #C61A22
Doritos | 629 | #B3141B | #F39C12 | #FFFFFF
Downy | 490 | #2D62B8 | #8CC6EC | #FFFFFF
Dune Cocoa | 629 | #E5C79A | #5A3019 | #4A2412
Eastern | 890 | #C62828 | #F2B134 | #FFFFFF
Emborg | 571 | #0D5CA8 | #7AC143 | #FFFFFF
Emirates Macaroni | 629 | #1B5E9B | #E9B840 | #FFFFFF
Evervess | 629 | #F2F6F9 | #1F8A70 | #14594A
Evian | 306 | #EAF3FB | #E4728C | #C8324F
Fairy | 400 | #1C8A3E | #F5E342 | #FFFFFF
Falcon | 629 | #1E1E24 | #E07A1F | #FFFFFF
Fanta | 544 | #F57F17 | #1A4FA0 | #FFFFFF
Ferrero Rocher | 800 | #C99A3C | #5B2C14 | #4A2310
Fine | 629 | #F5F9FC | #2D9CDB | #0F5E94
Finish | 400 | #12356B | #E23B3B | #FFFFFF
Flash | 629 | #F58FB0 | #A1215F | #FFFFFF
Galaxy | 629 | #5A2D1A | #D8A85B | #F2D9A6
Goody | 628 | #F2B705 | #C81D25 | #B0121A
Green Giant | 301 | #1C6E34 | #C9D64F | #FFFFFF
Gulf Catch | 629 | #0E4D6E | #38B6C8 | #FFFFFF
Halloumi House | 529 | #F2F7F2 | #2F6F9F | #1F4D73
Halwani | 628 | #C79A4B | #6B2D1A | #4A1D10
Harpic | 500 | #12408F | #D71920 | #FFFFFF
Head & Shoulders | 500 | #F2F6FA | #1F5FAE | #12468A
Heinz | 871 | #B5121B | #E9D9A6 | #FFFFFF
Hero | 761 | #F6F1E4 | #D9822B | #B5121B
Hershey's | 034 | #4A2419 | #C6B299 | #FFFFFF
Holsten | 629 | #F1EEDF | #6E1A2D | #5A1021
Hotpack | 629 | #F4F4F4 | #D6232A | #B3151C
Huggies | 503 | #D6242B | #F6C445 | #FFFFFF
Igloo | 629 | #0E6FB8 | #F3E6C4 | #FFFFFF
India Gate | 890 | #F2E2B8 | #1E6B3A | #B5121B
Indomie | 899 | #F3E8D3 | #D6232A | #C0161D
Jenan | 629 | #F5F1E6 | #C77E23 | #8E4E0F
John West | 500 | #153A6B | #F2C230 | #FFFFFF
Johnson's | 629 | #F7F4EC | #E2B33C | #2767A8
KTC | 501 | #EAF4F8 | #2A7F9E | #14566E
Karak House | 629 | #6B2E16 | #E0A94A | #FFE3B0
Kellogg's | 505 | #FFFDF5 | #2E8B3D | #C8102E
Kikkoman | 871 | #F2E6CF | #C8242B | #B0141B
Kinder | 800 | #FDFDFD | #E8602C | #D6141D
Kiri | 307 | #F2F8FD | #2A6EBB | #D6232A
KitKat | 762 | #CC1422 | #F6F0E6 | #FFFFFF
Kohinoor | 890 | #22306E | #E0B23C | #FFE7A0
Koita | 629 | #F4F0E6 | #3E9C8F | #23685F
Koka | 888 | #C8201F | #F2C230 | #FFFFFF
Kraft | 762 | #1B4DA0 | #F2C94C | #FFFFFF
Kwality | 629 | #1D4E9E | #E7484F | #FFFFFF
Lacnor | 629 | #F8FAF2 | #F58220 | #1B7A3C
Langnese | 402 | #F3B61F | #6B3A0E | #4A2606
Lavazza | 800 | #B3131B | #D9B25B | #FFFFFF
Lay's | 629 | #F5C400 | #C8201F | #C8102E
Lifebuoy | 890 | #D71920 | #F5F5F5 | #FFFFFF
Ligo | 480 | #C61A22 | #F4D03F | #FFFFFF
Lipton | 629 | #F7CE00 | #C8201F | #C8102E
Listerine | 500 | #159A8C | #0D4F74 | #FFFFFF
Loacker | 801 | #F3E3C3 | #C8202A | #B0141D
London Dairy | 629 | #20274F | #C9A24B | #F0DDA4
Lotus Biscoff | 541 | #C8202A | #E7C08A | #FFFFFF
Lurpak | 574 | #DDE3E8 | #1C5F8F | #0F3F66
Lux | 629 | #F3B9C9 | #A11E4E | #8E123F
MDH | 890 | #C8201F | #F2B90F | #FFFFFF
Maatouk | 528 | #2F1A12 | #B5893E | #EBCB86
Maggi | 761 | #F6C500 | #C8102E | #C8102E
Mai Dubai | 629 | #EAF7FC | #00A0DC | #005F94
Masafi | 629 | #E8F6F0 | #2E9E6B | #0E6B45
McCain | 871 | #16181D | #F2C230 | #F6D24A
McVitie's | 500 | #C8202A | #1E4FA0 | #FFFFFF
Milo Sardines | 611 | #1C5FA8 | #F0B429 | #FFFFFF
Mirinda | 629 | #F57C00 | #1E7B34 | #FFFFFF
Monster | 506 | #161616 | #7ED321 | #9BE83B
Mother's Recipe | 890 | #F4E3B2 | #A8321E | #8E1F10
Mountain Dew | 629 | #3FA535 | #E0E722 | #FFFFFF
Moussy | 629 | #EFE7D0 | #1C5C3C | #14452C
Mr Muscle | 500 | #1F5FB5 | #F28C28 | #FFFFFF
Najjar | 528 | #B3161D | #2A1A14 | #FFFFFF
Nescafe | 761 | #3B1D12 | #C8202A | #FFFFFF
Nestle | 761 | #F3F6F8 | #7A8B99 | #46525C
Nezo | 629 | #1F4E9E | #E7EEF6 | #FFFFFF
Nido | 761 | #F6CB1F | #2E8B3D | #1E6B2C
Nivea | 400 | #12337F | #DCE6F4 | #FFFFFF
Noor | 629 | #F6C61C | #2E7D32 | #1F5E26
Nutella | 800 | #F8F6F1 | #C8202A | #2A1A14
Oasis | 629 | #EBF5F7 | #1E88A8 | #0F5E78
Oman Chips | 607 | #D7262B | #F4C430 | #FFFFFF
Oreo | 762 | #123E8C | #EAF1FA | #FFFFFF
Palm Gate | 629 | #F2E7D3 | #8A4A22 | #6B3413
Palmolive | 871 | #E9F3DC | #4C9F50 | #1F6B34
Pampers | 400 | #EAF5F6 | #16A0A0 | #0C7C80
Pantene | 500 | #F6F1E3 | #C79A3B | #8A651C
Parachute | 890 | #1668B3 | #F3F7FB | #FFFFFF
Parle | 890 | #F7D33C | #C8202A | #C0141C
Patchi | 528 | #F4EFE6 | #8C6A3C | #6B4C22
Pepsi | 629 | #0A47A8 | #D6202B | #FFFFFF
Perrier | 307 | #1F7A4A | #F2D94C | #FFF6C2
Persil | 629 | #D6202A | #2B8A3E | #FFFFFF
Pif Paf | 629 | #C8201F | #1A1A1A | #FFE45C
Pocari Sweat | 899 | #1B6FC2 | #F4F8FC | #FFFFFF
Pofaki | 629 | #F58A1F | #1F5FA8 | #FFFFFF
Power Horse | 900 | #C9CED6 | #B5121B | #1B2A5B
President | 322 | #EEF4F9 | #1E4FA0 | #14377A
Pril | 629 | #2E9E4B | #F6E04A | #FFFFFF
Pringles | 505 | #C8102E | #F2C230 | #FFFFFF
Puck | 571 | #F4FAFD | #1C6FB8 | #124F8A
Quaker | 500 | #F2E7CF | #1B4E9B | #B3131B
Rahma | 841 | #23452B | #D4AF37 | #F3E2A0
Rainbow | 871 | #F7F4EA | #D6202A | #1B4F9C
Rani | 628 | #F58220 | #2E9E44 | #FFFFFF
Red Bull | 900 | #C7D0DA | #1D3F94 | #C8102E
Rio Mare | 800 | #1C4FA1 | #E9446A | #FFFFFF
Royal Umbrella | 885 | #F1F5E4 | #1E7A3E | #C8202A
Sadia | 789 | #F6F6F6 | #D6202A | #C0141C
Saha | 629 | #E9D6B8 | #8A5224 | #6B3A12
Sahara Harvest | 629 | #F4EAD5 | #C77B30 | #5C3A1C
Samyang | 880 | #17181C | #E8352C | #FF5A4A
Sanita | 528 | #F2F6FB | #2864B4 | #174685
Scotch-Brite | 629 | #2E9E4B | #F5D21F | #FFFFFF
Seara | 789 | #F48120 | #C8201F | #FFFFFF
Sensodyne | 500 | #F3F7FB | #1E5AA8 | #154483
Shama | 629 | #F8D93A | #D1322A | #B01D17
Shan | 896 | #B3171D | #F2B51F | #FFFFFF
Shani | 629 | #6A1B7A | #E23B6D | #FFFFFF
Signal | 871 | #F6F7FA | #D6202A | #1B4FA0
Snickers | 500 | #4A2A1B | #1F58B5 | #FFFFFF
Sohar | 607 | #D92B2B | #2F8F46 | #FFFFFF
Sprite | 544 | #0E8F45 | #F3E33B | #FFFFFF
Sriracha House | 885 | #C9201F | #3C9A3C | #FFFFFF
Star | 629 | #F6DDE4 | #D1497A | #A82456
Sting | 629 | #C8102E | #F6C21C | #FFFFFF
Sunbulah | 628 | #F2F7EA | #2F8A3A | #1C6427
Sunsilk | 890 | #F2C14B | #B0376B | #8A1F4F
Suntop | 628 | #F6B81A | #D6322A | #B01D17
Switz | 629 | #F4E8CE | #C8202A | #A6141D
Tabasco | 011 | #F6F1E2 | #C8201F | #B0141B
Tang | 762 | #F57C1F | #2E8B3D | #FFFFFF
The Laughing Cow | 307 | #D6202A | #1E5FB3 | #FFFFFF
Tide | 629 | #F2711C | #1E4FA0 | #FFFFFF
Tiffany | 629 | #5B2A7A | #E8B23A | #FFE9AE
Tilda | 501 | #123F7A | #D9A93C | #FFE2A0
Twix | 500 | #C9932B | #C8102E | #B30F1D
Ulker | 869 | #D6202A | #F2E3C2 | #FFFFFF
Vaseline | 871 | #EAF0F8 | #1E4FA0 | #163F85
Vatika | 629 | #1F6B3A | #D9B44A | #FFF0B8
Vimto | 628 | #4B1C6B | #C8204A | #FFFFFF
Vitrac | 622 | #F6F0E2 | #B3262D | #9A1820
Wagh Bakri | 890 | #C8201F | #F2C230 | #FFF0B0
Weetabix | 501 | #F4D22C | #1E4FA0 | #C8102E
Yardley | 500 | #6B4FA0 | #D9CBEA | #FFFFFF
"""


@dataclass(frozen=True)
class Brand:
    name: str
    slug: str
    country: str
    """The three digits with which its barcodes begin."""
    number: int
    """Its own company number among the demo's brands."""
    base: str
    accent: str
    ink: str


@cache
def by_name() -> dict[str, Brand]:
    rows = (line.split(" | ") for line in TABLE.strip().splitlines())
    return {
        name: Brand(name, slug(name), country, 7100 + position * 13, base, accent, ink)
        for position, (name, country, base, accent, ink) in enumerate(rows)
    }


def slug(name: str) -> str:
    """The address form of a name: "Head & Shoulders" is head-shoulders."""
    words = "".join(letter if letter.isalnum() else " " for letter in name.lower().replace("'", ""))
    return "-".join(words.split())
