SHELVES = (
    (
        "milk",
        "khaleej-dairy",
        """
Almarai UHT Full Fat Milk 1L | Almarai | 12 x 1 L | 61.00 | 420 | carton/milk
  Long-life whole milk with a screw cap, the backbone of the dairy shelf.
Almarai UHT Low Fat Milk 1L | Almarai | 12 x 1 L | 61.00 | 240 | carton/milk #6EB5E0
  Low-fat milk for cafes and diet-minded homes, keeps for months unopened.
Almarai UHT Milk 200ml | Almarai | 24 x 200 ml | 33.00 | 300 | brick/milk
  Lunch-box milk with a straw. Pair it with the biscuit stand.
Almarai Fresh Milk 2L | Almarai | 6 x 2 L | 65.00 | 120 | jug/milk
  Chilled fresh milk in the handled jug; arrives within two days of filling.
Al Ain Fresh Milk Full Cream 1L | Al Ain Dairy | 12 x 1 L | 70.00 | 140 | bottle/milk
  Fresh milk from herds near Al Ain, delivered cold before eight in the morning.
Al Ain Camel Milk 500ml | Al Ain Dairy | 12 x 500 ml | 108.00 | 60 | bottle/milk #C9A063
  Pasteurised camel milk, slightly salty and very much asked for by visitors.
Al Rawabi Fresh Milk Full Cream 2L | Al Rawabi | 6 x 2 L | 66.00 | 110 | jug/milk
  Dubai farm milk in a two-litre jug.
Al Rawabi Double Cream Milk 500ml | Al Rawabi | 12 x 500 ml | 47.00 | 80 | bottle/milk #D4A017
  Extra creamy milk that barista counters foam with.
Nido Fortified Milk Powder 2.5kg | Nido | 6 x 2.5 kg | 486.00 | 60 | tin/milk
  Whole milk powder in the large tin, one of the safest lines in any grocery.
Nido Milk Powder Pouch 900g | Nido | 12 x 900 g | 396.00 | 70 | pouch/milk
  The same powder as a refill pouch, cheaper per cup.
Puck Cooking Cream 500ml | Puck | 12 x 500 ml | 126.00 | 90 | carton/milk
  Heat-stable cream for sauces and pasta kitchens.
Koita Oat Drink 1L | Koita | 12 x 1 L | 132.00 | 55 | carton/wheat
  Plant-based oat drink that steams well, for coffee shops with a vegan corner.
""",
    ),
    (
        "laban-yoghurt",
        "khaleej-dairy",
        """
Almarai Laban Full Fat 1L | Almarai | 12 x 1 L | 63.00 | 160 | bottle/milk #2E9E5B
  Cultured drinking laban, served cold with biryani and dates.
Almarai Laban Up 180ml | Almarai | 24 x 180 ml | 31.00 | 240 | bottle/milk #2E9E5B
  Single-serve laban for the lunch rush.
Al Rawabi Laban 500ml | Al Rawabi | 12 x 500 ml | 36.00 | 130 | bottle/milk #2F8F83
  Smooth laban in a half-litre bottle, sold two at a time.
Al Ain Yoghurt Full Cream 400g | Al Ain Dairy | 12 x 400 g | 52.00 | 110 | tub/milk
  Set yoghurt for the family table, foil sealed.
Almarai Plain Yoghurt 1kg | Almarai | 6 x 1 kg | 51.00 | 100 | tub/milk
  Kilo tub for marinades, raita and restaurant kitchens.
Almarai Greek Style Yoghurt Honey 150g | Almarai | 12 x 150 g | 54.00 | 70 | tub/honey #E2A52B
  Strained yoghurt over a spoon of honey.
Activia Strawberry Yoghurt 120g | Activia | 24 x 120 g | 69.00 | 85 | tub/berry
  Stirred strawberry yoghurt in four-cup clusters.
Puck Labneh 500g | Puck | 12 x 500 g | 156.00 | 64 | tub/milk
  Thick strained labneh that spreads straight from the fridge.
Almarai Labneh Tub 700g | Almarai | 6 x 700 g | 87.00 | 58 | tub/olive #6B8E23
  Breakfast labneh in the larger tub. Finish with olive oil and zaatar.
Danone Vanilla Dessert 75g | Danone | 48 x 75 g | 72.00 | 0 | tub/milk #F1D27A | low 10
  Little vanilla pots for children. Next container is due at the end of the month.
""",
    ),
    (
        "cheese",
        "khaleej-dairy",
        """
Kraft Cheddar Tin 190g | Kraft | 36 x 190 g | 342.00 | 65 | tin/cheese
  The blue tin of processed cheddar that needs no fridge until it is opened.
Kraft Cream Cheese Spread 480g | Kraft | 12 x 480 g | 228.00 | 70 | jar/cheese
  Glass jar of spreadable cheddar, a staple of cafeteria sandwiches.
Puck Cream Cheese Spread 500g | Puck | 12 x 500 g | 234.00 | 90 | jar/cheese
  Mild white cheese spread for manakish bakeries and breakfast tables.
Puck Mozzarella Shredded 2kg | Puck | 6 x 2 kg | 318.00 | 48 | bag/cheese
  Shredded mozzarella for pizza ovens, melts even and browns lightly. Keep chilled.
Lurpak Soft Cheese Slices 200g | Lurpak | 24 x 200 g | 252.00 | 40 | block/cheese
  Danish cheese slices for sandwiches, ten to a pack.
Almarai Burger Slices 400g | Almarai | 12 x 400 g | 138.00 | 95 | block/cheese #F2A900
  Twenty slices cut to fit a bun.
Almarai Triangles 24 Portions | Almarai | 24 x 360 g | 264.00 | 80 | box/cheese
  Foil triangles for lunch boxes, no spoon needed.
The Laughing Cow 16 Portions | The Laughing Cow | 36 x 240 g | 378.00 | 75 | box/cheese
  Round box of spreadable portions, known to every parent.
President Feta Cubes 400g | President | 12 x 400 g | 216.00 | 35 | tub/olive
  White cheese cubes in brine for salads and buffets.
Halloumi House Halloumi 225g | Halloumi House | 24 x 225 g | 288.00 | 45 | block/leaf
  Cypriot-style cheese that keeps its shape on the grill, with a leaf of mint inside.
Arla Emmental Block 3kg | Arla | 4 x 3 kg | 348.00 | 22 | block/cheese | low 30
  Catering block for slicing counters.
Kiri Squares 12 Portions | Kiri | 24 x 216 g | 324.00 | 52 | box/milk
  Creamy squares in silver foil, cream cheese for small hands.
""",
    ),
    (
        "butter-ghee",
        "khaleej-dairy",
        """
Lurpak Unsalted Butter 400g | Lurpak | 20 x 400 g | 436.00 | 70 | block/milk
  Danish butter for bakeries and hotels. Ships frozen, sells chilled.
Lurpak Spreadable Slightly Salted 500g | Lurpak | 12 x 500 g | 312.00 | 46 | tub/milk
  Soft from the fridge, in a resealable tub.
Anchor Salted Butter 227g | Anchor | 40 x 227 g | 398.00 | 38 | block/milk
  New Zealand butter in parchment, golden colour and clean taste.
Almarai Natural Butter 200g | Almarai | 40 x 200 g | 354.00 | 54 | block/milk
  Unsalted butter from the region's largest dairy.
Aseel Pure Ghee 1.5L | Aseel | 6 x 1.5 L | 246.00 | 62 | tin/milk
  Vegetable ghee blend in the green tin for harees and sweets.
Amul Pure Ghee 1L | Amul | 12 x 1 L | 468.00 | 44 | tin/milk
  Cow ghee with a granular texture; the smell alone brings back customers from Gujarat.
""",
    ),
    (
        "eggs",
        "khaleej-dairy",
        """
Al Jazira Golden Eggs Large 30s | Al Jazira | 12 x 30 pcs | 198.00 | 130 | tray/egg
  Large white eggs from Abu Dhabi farms, date-stamped, one tray of thirty in each sleeve.
Al Jazira Omega 3 Eggs 15s | Al Jazira | 12 x 15 pcs | 156.00 | 60 | tray/egg #2E6DB4
  Eggs from flax-fed hens in the blue fifteen pack.
Saha Brown Eggs 30s | Saha | 12 x 30 pcs | 210.00 | 84 | tray/egg
  Brown table eggs, graded and candled daily in Al Ain.
Saha Free Range Eggs 6s | Saha | 24 x 6 pcs | 204.00 | 40 | tray/egg #5A8F29
  Half-dozen boxes for organic corners and small fridges.
""",
    ),
)
