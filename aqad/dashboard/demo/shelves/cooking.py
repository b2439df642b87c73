SHELVES = (
    (
        "oils",
        "sahara-grains",
        """
Noor Sunflower Oil 1.5L | Noor | 6 x 1.5 L | 67.00 | 260 | oil/flower
  Light sunflower oil for everyday frying, grip bottle with a clean pour.
Noor Sunflower Oil 5L | Noor | 4 x 5 L | 138.00 | 140 | jerry/flower
  Five-litre can for families and small kitchens, with a carrying handle.
Afia Corn Oil 1.5L | Afia | 6 x 1.5 L | 82.00 | 130 | oil/corn
  Corn oil with a high smoke point, trusted for crisp samosas.
Afia Corn Oil 2.9L | Afia | 4 x 2.9 L | 102.00 | 70 | jerry/corn
  Big bottle for Ramadan frying.
Rahma Olive Oil 500ml | Rahma | 12 x 500 ml | 234.00 | 60 | glass/olive
  Extra virgin oil in dark glass to keep the light out.
Borges Extra Virgin Olive Oil 1L | Borges | 12 x 1 L | 492.00 | 34 | glass/olive
  Catalan first pressing, green and peppery, for salad counters.
Borges Olive Pomace Oil 5L | Borges | 4 x 5 L | 336.00 | 26 | jerry/olive
  For kitchens that sear over high heat and still want olive on the menu.
KTC Coconut Oil 500ml | KTC | 12 x 500 ml | 144.00 | 48 | jar/leaf
  Kerala-style cooking and hair oil; turns solid when the store is cold.
Shama Vegetable Oil 17L | Shama | 1 x 17 L | 112.00 | 90 | jerry/flower | min 2
  Catering tin of palm olein for deep fryers. Collect the empties with the next delivery.
Sahara Harvest Mustard Oil 1L | Sahara Harvest | 12 x 1 L | 126.00 | 42 | oil/flower #E0B000
  Pungent cold-pressed oil for Bengali fish and pickles.
""",
    ),
    (
        "sugar-salt",
        "sahara-grains",
        """
Al Khaleej Fine Sugar 2kg | Al Khaleej | 10 x 2 kg | 78.00 | 240 | bag/sparkle
  Refined cane sugar from the Jebel Ali refinery, dry and free-flowing.
Al Khaleej Fine Sugar 50kg | Al Khaleej | 1 x 50 kg | 146.00 | 110 | sack/sparkle | min 2
  Sweets-maker's sack with an inner liner against humidity.
Al Khaleej Sugar Cubes 454g | Al Khaleej | 24 x 454 g | 112.00 | 65 | box/sparkle #C0392B
  White cubes for hotel tea service.
Sahara Harvest Brown Sugar 1kg | Sahara Harvest | 10 x 1 kg | 86.00 | 50 | bag/sparkle #A9713A
  Soft demerara for bakers and coffee bars.
Nezo Iodized Salt 600g | Nezo | 24 x 600 g | 54.00 | 120 | tin/sparkle
  Table salt in the tall pouring drum.
Sahara Harvest Himalayan Salt 1kg | Sahara Harvest | 10 x 1 kg | 62.00 | 58 | pouch/sparkle #E79A9A
  Coarse pink rock salt for grinders and grill plates.
""",
    ),
    (
        "spices-masalas",
        "sahara-grains",
        """
Eastern Chilli Powder 1kg | Eastern | 10 x 1 kg | 182.00 | 64 | pouch/chilli
  Even red colour, medium heat. Catering pouch.
Eastern Turmeric Powder 1kg | Eastern | 10 x 1 kg | 136.00 | 58 | pouch/flower #E6A817
  Ground from fingers with a deep yellow break.
Eastern Sambar Powder 165g | Eastern | 48 x 165 g | 196.00 | 36 | box/chilli #C8502A
  Ready blend for the South Indian lunch.
MDH Chicken Masala 100g | MDH | 60 x 100 g | 258.00 | 44 | box/chilli
  Roasted blend with black pepper and fenugreek, small box, fast turn.
MDH Garam Masala 100g | MDH | 60 x 100 g | 264.00 | 40 | box/star #7A3E1D
  Warm finishing spices for the last five minutes of cooking.
Shan Biryani Masala 50g | Shan | 72 x 50 g | 216.00 | 80 | box/chilli
  Sindhi-style recipe mix: one box, one kilo of meat.
Shan Nihari Masala 60g | Shan | 72 x 60 g | 222.00 | 34 | box/star #8C2F1B
  For the slow overnight pot. Sales rise with the first cool evening.
Bayara Cumin Powder 330ml | Bayara | 12 x 170 g | 108.00 | 46 | jar/leaf #9C6B30
  Ground cumin in a sprinkler jar.
Bayara Black Pepper Whole 330ml | Bayara | 12 x 180 g | 144.00 | 38 | jar/pepper #3A3A3A
  Malabar peppercorns, bold size, for grinders.
Bayara Cardamom Green 200g | Bayara | 12 x 200 g | 456.00 | 18 | jar/leaf #5C8A3A | low 25
  Eight-millimetre pods for coffee and rice, the most valuable carton on the spice shelf.
Bayt Zaatar Blend 500g | Bayt | 12 x 500 g | 132.00 | 52 | pouch/leaf
  Thyme, sumac and roasted sesame for the manakish oven.
Maggi Chicken Stock 24 Cubes | Maggi | 24 x 480 g | 268.00 | 88 | box/drumstick
  Twenty-four cubes a box, a kitchen habit in every language here.
""",
    ),
)
