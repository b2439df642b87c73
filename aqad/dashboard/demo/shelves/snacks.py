SHELVES = (
    (
        "chips-crisps",
        "jumeirah-snacks",
        """
Lay's Salted 160g | Lay's | 14 x 160 g | 82.00 | 150 | pillow/crisp
  Thin potato crisps with just salt, share bag.
Lay's French Cheese 160g | Lay's | 14 x 160 g | 82.00 | 140 | pillow/cheese #3F7FBF
  The flavour the Gulf made its own.
Lay's Chilli 40g | Lay's | 50 x 40 g | 72.00 | 190 | pillow/chilli #C81D25
  Single bag with a kick, fifty to the carton.
Oman Chips 15g | Oman Chips | 50 x 15 g | 21.00 | 600 | pillow/chilli | min 5
  Spicy crushed crisps, the soul of the karak-stall paratha sandwich. Half a dirham sale, endless demand.
Pofaki Cheese Curls 80g | Pofaki | 40 x 80 g | 66.00 | 130 | pillow/cheese
  Crunchy corn curls in cheese dust that stains the fingers.
Doritos Nacho Cheese 180g | Doritos | 14 x 180 g | 98.00 | 100 | pillow/cheese
  Corn triangles for dips and match nights.
Doritos Sweet Chilli 180g | Doritos | 14 x 180 g | 98.00 | 90 | pillow/chilli #7B2CBF
  Sweet heat in a purple bag. Second in the range, first after nine in the evening.
Cheetos Flamin Hot 50g | Cheetos | 40 x 50 g | 74.00 | 160 | pillow/flame
  Hot crunchy sticks; keep them high or the school run empties the shelf.
Pringles Original 165g | Pringles | 19 x 165 g | 128.00 | 110 | canister/crisp
  Stacked crisps in the canister with a lid.
Pringles Sour Cream 165g | Pringles | 19 x 165 g | 128.00 | 105 | canister/leaf #2E8B57
  Sour cream and onion, the green one.
Sohar Chips Tomato 100g | Sohar | 24 x 100 g | 62.00 | 76 | pillow/tomato
  Omani potato chips with tangy tomato.
""",
    ),
    (
        "nuts-seeds",
        "jumeirah-snacks",
        """
Bayara Mixed Nuts Salted 300g | Bayara | 12 x 300 g | 204.00 | 58 | pouch/nut
  Cashews, almonds and pistachios roasted in small lots.
Bayara Pistachios Roasted 400g | Bayara | 12 x 400 g | 336.00 | 40 | pouch/nut #7FA650
  Large naturally opened pistachios, lightly salted.
Best Peanuts Salted 13g | Best | 30 x 13 g | 18.50 | 320 | sachet/nut | min 4
  Counter-top strips that go with every glass of tea.
Best Cashews Jumbo 150g | Best | 24 x 150 g | 268.00 | 34 | tin/nut
  W240 cashews in a ring-pull tin that keeps them crisp.
Al Rifai Super Extra Mix 500g | Al Rifai | 8 x 500 g | 252.00 | 28 | tin/nut
  Lebanese kernel mix for gift baskets and majlis bowls.
Castania Sunflower Seeds 200g | Castania | 20 x 200 g | 112.00 | 62 | pouch/flower
  Salted seeds for long evenings on the corniche.
""",
    ),
    (
        "biscuits-wafers",
        "jumeirah-snacks",
        """
Oreo Original 36.8g | Oreo | 96 x 36.8 g | 86.00 | 170 | flow/cookie
  Four-biscuit packs for lunch boxes, eight boxes of twelve.
Oreo Family Pack 133g | Oreo | 36 x 133 g | 124.00 | 90 | flow/cookie
  Full-length roll for the cupboard and the milkshake blender.
McVitie's Digestive 400g | McVitie's | 24 x 400 g | 186.00 | 110 | flow/wheat
  Wheat biscuits made to be dunked.
McVitie's Hobnobs Chocolate 300g | McVitie's | 12 x 300 g | 138.00 | 44 | flow/cocoa #5B3A21
  Oats under a layer of milk chocolate.
Britannia Good Day Cashew 72g | Britannia | 72 x 72 g | 102.00 | 120 | flow/nut
  Butter cookies with cashew pieces, a one-dirham classic.
Britannia Marie Gold 150g | Britannia | 48 x 150 g | 96.00 | 90 | flow/wheat #C8102E
  Crisp tea biscuit, light on sugar.
Parle-G Glucose 80g | Parle | 96 x 80 g | 74.00 | 200 | flow/wheat
  The biscuit a billion childhoods were dunked with.
Ulker Hanimeller Hazelnut 152g | Ulker | 18 x 152 g | 108.00 | 36 | flow/nut
  Turkish short biscuits with chopped hazelnut.
Tiffany Cream Wafers Chocolate 76g | Tiffany | 48 x 76 g | 78.00 | 140 | flow/cocoa
  Light wafers from Sharjah, layered with cocoa cream.
Tiffany Sugar Free Oatmeal 150g | Tiffany | 24 x 150 g | 132.00 | 30 | flow/wheat #4C9F70
  Oat cookies without added sugar for the health shelf.
Lotus Biscoff 250g | Lotus Biscoff | 10 x 250 g | 94.00 | 130 | flow/cookie
  Caramelised biscuits; cafes put one on every saucer.
Loacker Quadratini Hazelnut 125g | Loacker | 18 x 125 g | 162.00 | 52 | pouch/nut
  Bite-size wafer cubes from the Dolomites, in a resealable bag.
""",
    ),
    (
        "chocolate-sweets",
        "jumeirah-snacks",
        """
Galaxy Smooth Milk 36g | Galaxy | 24 x 36 g | 46.00 | 260 | bar/cocoa
  Silky milk chocolate bar, best kept under 22 degrees.
Galaxy Flutes Twin 22.5g | Galaxy | 24 x 22.5 g | 38.00 | 140 | bar/cocoa #C98A3B
  Crisp wafer fingers, half milk, half cream.
Snickers 50g | Snickers | 24 x 50 g | 49.00 | 280 | bar/nut
  Peanut, nougat and caramel for the four o'clock hunger.
Twix Twin 50g | Twix | 25 x 50 g | 51.00 | 240 | bar/cookie
  Two biscuit fingers with caramel in each pack.
Bounty Milk 57g | Bounty | 24 x 57 g | 50.00 | 150 | bar/leaf
  Moist coconut under milk chocolate.
KitKat 4 Finger 41.5g | KitKat | 24 x 41.5 g | 48.00 | 270 | bar/cocoa
  Four wafer fingers and a break. Summer deliveries go in the cooled van.
KitKat Chunky 40g | KitKat | 24 x 40 g | 50.00 | 130 | bar/cocoa #8C1B1B
  One thick finger with a deeper coat of chocolate.
Kinder Bueno 43g | Kinder | 30 x 43 g | 88.00 | 170 | bar/nut
  Crisp hazelnut shells in a twin bar, the till-side winner.
Kinder Joy 20g | Kinder | 24 x 20 g | 78.00 | 160 | tub/star
  Two halves: cream with a spoon, and the toy.
Ferrero Rocher T16 200g | Ferrero Rocher | 16 x 200 g | 392.00 | 32 | box/nut
  Sixteen in the clear box, a gift nobody returns.
Patchi Assorted Selection 500g | Patchi | 6 x 500 g | 498.00 | 14 | box/star | low 20
  Wrapped Lebanese chocolates for Eid and office gifting.
Cadbury Dairy Milk 90g | Cadbury | 24 x 90 g | 132.00 | 120 | bar/milk
  Milk chocolate tablet in the purple sleeve.
Dune Cocoa Camel Milk Chocolate 70g | Dune Cocoa | 24 x 70 g | 312.00 | 26 | bar/cocoa
  Single-origin cocoa with camel milk, for souvenir shops and hotel lobbies.
Tiffany Eclairs Toffee 750g | Tiffany | 12 x 750 g | 118.00 | 48 | pillow/cocoa #A0522D
  Caramel toffees with a chocolate heart, loose in a bag for the counter jar.
""",
    ),
    (
        "dates",
        "jumeirah-snacks",
        """
Al Foah Khalas Dates 1kg | Al Foah | 12 x 1 kg | 186.00 | 110 | box/date
  Soft amber khalas from Abu Dhabi farms, new season.
Al Foah Fard Dates 500g | Al Foah | 20 x 500 g | 168.00 | 85 | tub/date
  Dark and firm, they keep their shape in a warm majlis.
Al Foah Date Paste 1kg | Al Foah | 12 x 1 kg | 144.00 | 40 | pouch/date #6B3E26
  Seedless paste for maamoul bakers.
Palm Gate Stuffed Dates Almond 250g | Palm Gate | 12 x 250 g | 264.00 | 24 | box/date
  Hand-filled with roasted almonds, ribboned box for gifting.
Palm Gate Medjool Jumbo 800g | Palm Gate | 8 x 800 g | 296.00 | 36 | box/date #8A5A2B
  Large Jordan Valley medjool in a window box.
""",
    ),
    (
        "chips-crisps",
        "quick-deal",
        """
Pringles Hot Spicy 165g | Pringles | 19 x 165 g | 119.00 | 30 | canister/chilli #D7263D
  Spicy stacked crisps from an export batch.
Cheetos Crunchy Cheese 50g | Cheetos | 40 x 50 g | 68.00 | 45 | pillow/cheese #F58220
  Baked corn sticks, short-dated and priced to clear.
""",
    ),
)
