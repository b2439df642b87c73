"""Who trades in the demo: vendors and where they load, retailers and where they receive, delivery partners and their people, staff.

Everyone signs in with `PASSPHRASE`. Mail addresses end in .test, which no mail server will ever accept (RFC 2606).
"""

from dataclasses import dataclass
from decimal import Decimal
from typing import Literal

PASSPHRASE = "Demo-Carton-24"  # noqa: S105, printed by the demo on purpose

EMIRATES = ("Abu Dhabi", "Dubai", "Sharjah", "Ajman", "Umm Al Quwain", "Ras Al Khaimah", "Fujairah")


@dataclass(frozen=True)
class Place:
    label: str
    line1: str
    area: str
    emirate: str
    landmark: str
    latitude: Decimal
    longitude: Decimal


@dataclass(frozen=True)
class Vendor:
    key: str
    company_name: str
    contact: str
    email: str
    phone: str
    trn: str
    licence_number: str
    licence_expires_in: int
    """Days from the day on which the demo is made; below zero it has run out."""
    activity: str
    pickup: Place
    minimum_order_value: Decimal
    """AED before VAT."""
    delivers_to: tuple[str, ...]
    """Emirates; none named means all seven."""
    status: Literal["active", "pending", "rejected", "suspended"] = "active"
    reason: str = ""
    joined_days_ago: int = 52
    status_days_ago: int = 50
    """How long ago staff decided; for a pending vendor it means nothing."""
    opens: int = 8
    """Hour of the day, Dubai time."""


@dataclass(frozen=True)
class Retailer:
    key: str
    company_name: str
    contact: str
    email: str
    phone: str
    trn: str
    addresses: tuple[Place, ...]
    favours: tuple[str, ...]
    """Keys of the vendors from which it buys most, the first before the others."""
    pays_cash: float
    """The share of its orders that is paid on delivery."""
    size: float = 1.0
    """How large its orders are beside those of a neighbourhood grocery."""
    joined_days_ago: int = 47


@dataclass(frozen=True)
class Courier:
    name: str
    email: str
    phone: str
    role: Literal["dispatcher", "driver"]


@dataclass(frozen=True)
class Partner:
    key: str
    company_name: str
    phone: str
    emirates: tuple[str, ...]
    people: tuple[Courier, ...]

    @property
    def drivers(self) -> tuple[Courier, ...]:
        return tuple(person for person in self.people if person.role == "driver")


@dataclass(frozen=True)
class Staff:
    name: str
    email: str
    phone: str


def place(label: str, line1: str, area: str, emirate: str, landmark: str, position: str) -> Place:
    latitude, longitude = position.split(", ")
    return Place(label, line1, area, emirate, landmark, Decimal(latitude), Decimal(longitude))


STAFF = (
    Staff("Mariam Al Suwaidi", "staff@aqad.test", "+971500007001"),
    Staff("Daniel Mathew", "daniel@aqad.test", "+971500007002"),
)

VENDORS = (
    Vendor(
        key="ahmed-foods",
        company_name="Ahmed Foods LLC",
        contact="Ahmed Ali",
        email="ahmed@ahmedfoods.test",
        phone="+971501234567",
        trn="100311204500003",
        licence_number="DXB-624118",
        licence_expires_in=214,
        activity="Beverages and mineral water trading",
        pickup=place(
            "Main warehouse",
            "Warehouse 14, 17A Street",
            "Al Quoz Industrial 3",
            "Dubai",
            "Behind the Oasis Centre bus depot",
            "25.131400, 55.227100",
        ),
        minimum_order_value=Decimal("250.00"),
        delivers_to=(),
        joined_days_ago=56,
        status_days_ago=54,
        opens=7,
    ),
    Vendor(
        key="khaleej-dairy",
        company_name="Khaleej Fresh Dairy Trading LLC",
        contact="Hessa Al Mansoori",
        email="hessa@khaleejdairy.test",
        phone="+971500001002",
        trn="100287710900003",
        licence_number="CN-2208841",
        licence_expires_in=162,
        activity="Dairy products and eggs trading",
        pickup=place(
            "Cold store", "Plot 41, Street 12", "Mussafah M-17", "Abu Dhabi", "Opposite the vegetable market", "24.355900, 54.497200"
        ),
        minimum_order_value=Decimal("300.00"),
        delivers_to=("Abu Dhabi", "Dubai", "Sharjah", "Ajman"),
        joined_days_ago=55,
        status_days_ago=53,
        opens=6,
    ),
    Vendor(
        key="sahara-grains",
        company_name="Sahara Grains & Pulses Trading LLC",
        contact="Rajesh Menon",
        email="rajesh@saharagrains.test",
        phone="+971500001003",
        trn="100198842600003",
        licence_number="SHJ-558203",
        licence_expires_in=97,
        activity="Rice, flour, pulses and spices trading",
        pickup=place(
            "Godown 3",
            "Godown 3, Al Wahda Road",
            "Industrial Area 6",
            "Sharjah",
            "Beside the national paints roundabout",
            "25.316800, 55.418300",
        ),
        minimum_order_value=Decimal("400.00"),
        delivers_to=(),
        joined_days_ago=54,
        status_days_ago=52,
    ),
    Vendor(
        key="bayt-pantry",
        company_name="Bayt Pantry Wholesale LLC",
        contact="Lina Haddad",
        email="lina@baytpantry.test",
        phone="+971500001004",
        trn="100402913700003",
        licence_number="DXB-771560",
        licence_expires_in=301,
        activity="Canned and preserved foodstuff trading",
        pickup=place(
            "Warehouse B",
            "Shed B9, Manama Street",
            "Ras Al Khor Industrial 2",
            "Dubai",
            "Next to the used car complex",
            "25.174600, 55.367500",
        ),
        minimum_order_value=Decimal("250.00"),
        delivers_to=(),
        joined_days_ago=53,
        status_days_ago=50,
    ),
    Vendor(
        key="karak-road",
        company_name="Karak Road Tea & Coffee Trading LLC",
        contact="Shabeer Kutty",
        email="shabeer@karakroad.test",
        phone="+971500001005",
        trn="100355027100003",
        licence_number="AJM-310477",
        licence_expires_in=188,
        activity="Tea, coffee and milk powder trading",
        pickup=place(
            "Blending house", "Unit 22, Al Jurf Street 4", "Al Jurf Industrial 1", "Ajman", "Near the China Mall", "25.409500, 55.513900"
        ),
        minimum_order_value=Decimal("200.00"),
        delivers_to=("Dubai", "Sharjah", "Ajman", "Umm Al Quwain", "Ras Al Khaimah"),
        joined_days_ago=52,
        status_days_ago=49,
    ),
    Vendor(
        key="jumeirah-snacks",
        company_name="Jumeirah Snacks & Confectionery LLC",
        contact="Noora Al Falasi",
        email="noora@jumeirahsnacks.test",
        phone="+971500001006",
        trn="100276651800003",
        licence_number="DXB-690342",
        licence_expires_in=54,
        activity="Confectionery, nuts and snack foods trading",
        pickup=place(
            "Cool store",
            "Warehouse 5, 318 Road",
            "Al Qusais Industrial 4",
            "Dubai",
            "Across from the cold stores gate",
            "25.292800, 55.384100",
        ),
        minimum_order_value=Decimal("200.00"),
        delivers_to=(),
        joined_days_ago=51,
        status_days_ago=49,
    ),
    Vendor(
        key="noor-home",
        company_name="Noor Home Care Distribution LLC",
        contact="Vikram Shetty",
        email="vikram@noorhome.test",
        phone="+971500001007",
        trn="100318890200003",
        licence_number="DXB-803915",
        licence_expires_in=245,
        activity="Detergents, paper and personal care trading",
        pickup=place(
            "DIP warehouse",
            "Warehouse 31, Street 72",
            "Dubai Investments Park 1",
            "Dubai",
            "Behind Green Community",
            "25.004800, 55.163900",
        ),
        minimum_order_value=Decimal("300.00"),
        delivers_to=("Abu Dhabi", "Dubai", "Sharjah", "Ajman", "Umm Al Quwain", "Fujairah"),
        joined_days_ago=50,
        status_days_ago=48,
    ),
    Vendor(
        key="polar-star",
        company_name="Polar Star Frozen Foods LLC",
        contact="Yousef Barakat",
        email="yousef@polarstar.test",
        phone="+971500001008",
        trn="100264407300003",
        licence_number="RAK-447026",
        licence_expires_in=133,
        activity="Frozen meat, fish and vegetables trading",
        pickup=place(
            "Blast freezer",
            "Cold Store 2, Al Hulaila Road",
            "Al Hamra Industrial Zone",
            "Ras Al Khaimah",
            "First gate after the weighbridge",
            "25.681900, 55.780800",
        ),
        minimum_order_value=Decimal("350.00"),
        delivers_to=("Dubai", "Sharjah", "Ajman", "Umm Al Quwain", "Ras Al Khaimah", "Fujairah"),
        joined_days_ago=49,
        status_days_ago=47,
    ),
    Vendor(
        key="quick-deal",
        company_name="Quick Deal General Trading LLC",
        contact="Imran Qureshi",
        email="imran@quickdeal.test",
        phone="+971500001009",
        trn="100399215400003",
        licence_number="SHJ-602271",
        licence_expires_in=76,
        activity="General trading",
        pickup=place(
            "Store 8", "Store 8, Second Industrial Street", "Industrial Area 11", "Sharjah", "Above the tyre shop", "25.304100, 55.430600"
        ),
        minimum_order_value=Decimal("100.00"),
        delivers_to=("Dubai", "Sharjah", "Ajman"),
        status="suspended",
        reason="Three shops received goods past their best-before date; selling is stopped until the stock has been inspected.",
        joined_days_ago=52,
        status_days_ago=19,
    ),
    Vendor(
        key="hatta-honey",
        company_name="Hatta Honey & Dates Trading LLC",
        contact="Salem Al Badwawi",
        email="salem@hattahoney.test",
        phone="+971500001010",
        trn="100421638500003",
        licence_number="DXB-912044",
        licence_expires_in=340,
        activity="Honey, dates and gift foods trading",
        pickup=place("Packing house", "Villa 6, Heritage Road", "Hatta", "Dubai", "Five minutes before the dam", "24.797300, 56.117900"),
        minimum_order_value=Decimal("150.00"),
        delivers_to=(),
        status="pending",
        joined_days_ago=1,
    ),
    Vendor(
        key="liwa-produce",
        company_name="Liwa Greenhouse Produce LLC",
        contact="Aisha Al Mazrouei",
        email="aisha@liwaproduce.test",
        phone="+971500001011",
        trn="100430057600003",
        licence_number="CN-3015528",
        licence_expires_in=12,
        activity="Fresh vegetables and fruit trading",
        pickup=place(
            "Sorting hall", "Farm 208, Mezairaa Road", "Liwa", "Abu Dhabi", "After the second petrol station", "23.132600, 53.796400"
        ),
        minimum_order_value=Decimal("200.00"),
        delivers_to=("Abu Dhabi", "Dubai"),
        status="pending",
        joined_days_ago=3,
    ),
    Vendor(
        key="blue-dhow",
        company_name="Blue Dhow General Trading LLC",
        contact="Karim Nasser",
        email="karim@bluedhow.test",
        phone="+971500001012",
        trn="100377460100003",
        licence_number="FUJ-118930",
        licence_expires_in=-43,
        activity="General trading",
        pickup=place("Port store", "Store 12, Port Road", "Al Faseel", "Fujairah", "Beside the fish market", "25.164200, 56.355300"),
        minimum_order_value=Decimal("0.00"),
        delivers_to=("Fujairah",),
        status="rejected",
        reason="The trade licence ran out six weeks ago. Please send the renewed one.",
        joined_days_ago=9,
        status_days_ago=7,
    ),
)

RETAILERS = (
    Retailer(
        key="fresh-mart",
        company_name="Fresh Mart Supermarket",
        contact="Fatima Noor",
        email="fatima@freshmart.test",
        phone="+971502223344",
        trn="100518823400003",
        addresses=(
            place("Main branch", "Shop 4, Al Rigga Road", "Deira", "Dubai", "Exit 2 of Al Rigga metro station", "25.263600, 55.320400"),
            place("Karama branch", "Shop 11, 18B Street", "Al Karama", "Dubai", "Opposite Karama park", "25.246900, 55.303300"),
            place(
                "Al Nahda branch", "Ground floor, Sahara Tower 6", "Al Nahda", "Sharjah", "Facing the Sahara Centre", "25.298900, 55.372700"
            ),
        ),
        favours=("ahmed-foods", "khaleej-dairy", "bayt-pantry", "jumeirah-snacks"),
        pays_cash=0.2,
        size=1.8,
        joined_days_ago=48,
    ),
    Retailer(
        key="al-madina-corner",
        company_name="Al Madina Corner Grocery",
        contact="Abdul Rahman",
        email="abdul@madinacorner.test",
        phone="+971500002002",
        trn="100522914700003",
        addresses=(
            place("Shop", "Shop 2, Rolla Square Street", "Al Ghuwair", "Sharjah", "Under the Rolla mall car park", "25.357600, 55.391700"),
        ),
        favours=("quick-deal", "ahmed-foods", "jumeirah-snacks", "karak-road"),
        pays_cash=0.7,
        size=0.7,
    ),
    Retailer(
        key="corniche-mini-mart",
        company_name="Corniche Mini Mart",
        contact="Reem Al Hashimi",
        email="reem@cornichemart.test",
        phone="+971500002003",
        trn="100530771200003",
        addresses=(
            place(
                "Corniche", "Shop 7, Corniche Street", "Al Khalidiyah", "Abu Dhabi", "Beside the Hilton bus stop", "24.472300, 54.342100"
            ),
            place(
                "Reem Island", "Retail 3, Gate Tower 2", "Al Reem Island", "Abu Dhabi", "Ground level, lake side", "24.494800, 54.407700"
            ),
        ),
        favours=("khaleej-dairy", "ahmed-foods", "noor-home"),
        pays_cash=0.25,
        size=1.2,
    ),
    Retailer(
        key="oasis-town-grocery",
        company_name="Oasis Town Grocery",
        contact="Saeed Al Ketbi",
        email="saeed@oasistown.test",
        phone="+971500002004",
        trn="100541208800003",
        addresses=(
            place(
                "Al Ain shop",
                "Shop 1, Khalifa Street",
                "Al Jimi",
                "Abu Dhabi",
                "Two doors from the Jimi post office",
                "24.243600, 55.734700",
            ),
        ),
        favours=("sahara-grains", "khaleej-dairy", "bayt-pantry"),
        pays_cash=0.5,
    ),
    Retailer(
        key="marina-bean",
        company_name="Marina Bean Cafe",
        contact="Sofia Marchetti",
        email="sofia@marinabean.test",
        phone="+971500002005",
        trn="100555019300003",
        addresses=(
            place("Cafe", "Unit G06, Marina Walk", "Dubai Marina", "Dubai", "By the footbridge to the tram", "25.080200, 55.140100"),
            place("Roastery", "Unit 9, 4th Street", "Al Quoz 1", "Dubai", "Inside the arts courtyard", "25.142700, 55.226300"),
        ),
        favours=("karak-road", "khaleej-dairy", "noor-home"),
        pays_cash=0.05,
        size=0.9,
    ),
    Retailer(
        key="ajman-family",
        company_name="Ajman Family Store",
        contact="Nasreen Begum",
        email="nasreen@ajmanfamily.test",
        phone="+971500002006",
        trn="100560482500003",
        addresses=(
            place("Store", "Shop 15, Sheikh Khalifa Street", "Al Nuaimia 2", "Ajman", "Next to the Nuaimia clinic", "25.388200, 55.458600"),
        ),
        favours=("sahara-grains", "quick-deal", "noor-home", "ahmed-foods"),
        pays_cash=0.6,
    ),
    Retailer(
        key="pearl-hypermarket",
        company_name="RAK Pearl Hypermarket",
        contact="George Varghese",
        email="george@rakpearl.test",
        phone="+971500002007",
        trn="100573316900003",
        addresses=(
            place("Hypermarket", "Al Muntasir Road", "Al Nakheel", "Ras Al Khaimah", "At the clock roundabout", "25.788800, 55.965300"),
            place(
                "Al Hamra shop",
                "Shop 3, Al Hamra Village",
                "Al Jazirah Al Hamra",
                "Ras Al Khaimah",
                "Beside the marina gate",
                "25.690200, 55.781600",
            ),
        ),
        favours=("sahara-grains", "polar-star", "ahmed-foods", "bayt-pantry"),
        pays_cash=0.15,
        size=2.0,
    ),
    Retailer(
        key="fujairah-coast",
        company_name="Fujairah Coast Grocery",
        contact="Khalid Al Dhanhani",
        email="khalid@fujcoast.test",
        phone="+971500002008",
        trn="100581940600003",
        addresses=(
            place(
                "Shop", "Shop 5, Hamad Bin Abdulla Road", "Al Gurfa", "Fujairah", "Across from the corniche mosque", "25.123400, 56.334900"
            ),
        ),
        favours=("ahmed-foods", "polar-star", "noor-home"),
        pays_cash=0.5,
        size=0.9,
    ),
    Retailer(
        key="lagoon-mart",
        company_name="Lagoon Mini Mart",
        contact="Joy Santos",
        email="joy@lagoonmart.test",
        phone="+971500002009",
        trn="100590227100003",
        addresses=(
            place("Shop", "Shop 8, King Faisal Street", "Al Salamah", "Umm Al Quwain", "Near the old harbour turn", "25.543100, 55.553600"),
        ),
        favours=("bayt-pantry", "polar-star", "jumeirah-snacks"),
        pays_cash=0.4,
        size=0.8,
    ),
    Retailer(
        key="zaatar-bakery",
        company_name="Zaatar Street Bakery & Cafeteria",
        contact="Omar Khoury",
        email="omar@zaatarstreet.test",
        phone="+971500002010",
        trn="100603358400003",
        addresses=(
            place("Bakery", "Shop 21, Al Wasl Road", "Jumeirah 1", "Dubai", "Corner with 10B Street", "25.215800, 55.254300"),
            place(
                "Muwaileh branch",
                "Shop 6, University Road",
                "Muwaileh",
                "Sharjah",
                "Opposite the university city gate",
                "25.297600, 55.450900",
            ),
        ),
        favours=("sahara-grains", "khaleej-dairy", "bayt-pantry", "karak-road"),
        pays_cash=0.3,
        size=1.1,
    ),
)

PARTNERS = (
    Partner(
        key="fasttrack",
        company_name="FastTrack Logistics",
        phone="+97142223344",
        emirates=("Dubai", "Sharjah", "Ajman"),
        people=(
            Courier("Priya Nair", "dispatch@fasttrack.test", "+971500003001", "dispatcher"),
            Courier("Omar Farouk", "omar@fasttrack.test", "+971503334455", "driver"),
            Courier("Bilal Hussain", "bilal@fasttrack.test", "+971500003003", "driver"),
            Courier("Samuel Okoro", "samuel@fasttrack.test", "+971500003004", "driver"),
        ),
    ),
    Partner(
        key="capital-couriers",
        company_name="Capital Cold Chain Couriers",
        phone="+97126440180",
        emirates=("Abu Dhabi", "Dubai"),
        people=(
            Courier("Maha Saleh", "dispatch@capitalcold.test", "+971500003101", "dispatcher"),
            Courier("Tariq Mahmood", "tariq@capitalcold.test", "+971500003102", "driver"),
            Courier("Ronnie Dela Cruz", "ronnie@capitalcold.test", "+971500003103", "driver"),
        ),
    ),
    Partner(
        key="hajar-transport",
        company_name="Hajar Mountain Transport",
        phone="+97172270145",
        emirates=("Umm Al Quwain", "Ras Al Khaimah", "Fujairah", "Ajman"),
        people=(
            Courier("Hamdan Al Shehhi", "dispatch@hajar.test", "+971500003201", "dispatcher"),
            Courier("Anwar Khan", "anwar@hajar.test", "+971500003202", "driver"),
            Courier("Suresh Pillai", "suresh@hajar.test", "+971500003203", "driver"),
        ),
    ),
)

VENDOR_BY_KEY = {vendor.key: vendor for vendor in VENDORS}
RETAILER_BY_KEY = {retailer.key: retailer for retailer in RETAILERS}
PARTNER_BY_KEY = {partner.key: partner for partner in PARTNERS}


def emails() -> list[str]:
    """Everyone who can sign in, or could once approved."""
    companies = [company.email for company in (*VENDORS, *RETAILERS)]
    return [*companies, *(person.email for partner in PARTNERS for person in partner.people), *(person.email for person in STAFF)]


def phones() -> list[str]:
    numbers = [holder.phone for holder in (*VENDORS, *RETAILERS, *PARTNERS, *STAFF)]
    return [*numbers, *(person.phone for partner in PARTNERS for person in partner.people)]
