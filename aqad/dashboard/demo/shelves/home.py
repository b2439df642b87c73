SHELVES = (
    (
        "laundry",
        "noor-home",
        """
Ariel Automatic Powder 6kg | Ariel | 2 x 6 kg | 116.00 | 110 | bag/sparkle
  Front-load detergent with a low foam formula.
Ariel Power Gel 2.8L | Ariel | 4 x 2.8 L | 142.00 | 72 | jug/sparkle
  Concentrated gel for cold washes, cap doubles as measure.
Tide Original 2.5kg | Tide | 6 x 2.5 kg | 148.00 | 95 | bag/sparkle
  Powder for top loaders and the hand-wash bucket.
Persil Black Abaya Shampoo 3L | Persil | 4 x 3 L | 132.00 | 80 | jug/drop #1B1B1B
  Liquid that keeps abayas deep black wash after wash.
Persil Deep Clean Powder 4kg | Persil | 4 x 4 kg | 138.00 | 60 | bag/sparkle
  Oud-scented powder for whites and colours.
Comfort Fabric Softener 1.5L | Comfort | 8 x 1.5 L | 118.00 | 86 | jug/flower
  Long-lasting spring fragrance in half a capful.
Downy Valley Dew 1L | Downy | 9 x 1 L | 126.00 | 64 | jug/flower
  Concentrated softener: one litre serves forty loads.
Clorox Original Bleach 3.78L | Clorox | 4 x 3.78 L | 52.00 | 140 | jerry/sparkle
  Household bleach by the gallon for laundries and pools. Store away from acids.
""",
    ),
    (
        "dishwashing",
        "noor-home",
        """
Fairy Lemon 1L | Fairy | 12 x 1 L | 118.00 | 150 | squeeze/lemon
  A little goes through a sink of greasy pots.
Fairy Platinum Capsules 48s | Fairy | 4 x 48 pcs | 236.00 | 30 | pouch/sparkle
  All-in-one capsules for dishwashers in villas and clinics.
Pril Isis Lemon 1L | Pril | 12 x 1 L | 104.00 | 90 | squeeze/lemon #F2D024
  Dishwashing liquid kind to hands that do it all day.
Finish Rinse Aid 400ml | Finish | 12 x 400 ml | 192.00 | 35 | squeeze/drop
  For glasses without water marks, needed with Dubai's hard water.
Scotch-Brite Sponge 3s | Scotch-Brite | 24 x 3 pcs | 132.00 | 78 | flow/sparkle
  Two sides, three sponges, one kitchen week.
""",
    ),
    (
        "cleaning-air-care",
        "noor-home",
        """
Dettol Antiseptic Liquid 1L | Dettol | 12 x 1 L | 312.00 | 70 | bottle/sparkle
  The brown liquid of first-aid boxes and mop buckets.
Dettol Surface Cleaner Pine 3L | Dettol | 4 x 3 L | 128.00 | 66 | jug/leaf
  Floor and tile cleaner with pine scent.
Dettol Wipes 40s | Dettol | 24 x 40 pcs | 228.00 | 48 | flow/sparkle
  Wipes for trolley handles, tables and taxis.
Flash Floor Cleaner Rose 3L | Flash | 4 x 3 L | 96.00 | 54 | jug/flower
  Floral floor cleaner that needs no rinsing.
Harpic Power Plus 750ml | Harpic | 12 x 750 ml | 142.00 | 88 | squeeze/sparkle
  Thick toilet cleaner with an angled neck for under the rim.
Pif Paf Crawling Insect Killer 400ml | Pif Paf | 24 x 400 ml | 246.00 | 58 | aerosol/bolt
  Spray for kitchens' darker corners. Keep apart from food in storage.
Mr Muscle Glass Cleaner 750ml | Mr Muscle | 12 x 750 ml | 138.00 | 52 | spray/sparkle
  Trigger spray for shop windows and counter glass.
Air Wick Oud Freshener 300ml | Air Wick | 12 x 300 ml | 118.00 | 64 | aerosol/flower
  Arabian oud scent for majlis and lobby.
""",
    ),
    (
        "paper-tissues",
        "noor-home",
        """
Fine Facial Tissues 150s | Fine | 30 x 150 pcs | 82.00 | 170 | softbox/flower
  Two-ply sterilised tissues, five boxes to a bundle, six bundles.
Fine Toilet Roll 10s | Fine | 10 x 10 pcs | 124.00 | 110 | rolls/leaf
  Soft quilted rolls, two hundred sheets each.
Fine Kitchen Towel XL 2s | Fine | 12 x 2 pcs | 98.00 | 84 | rolls/drop
  Thick kitchen rolls that survive wringing out.
Sanita Club Maxi Roll 1.5kg | Sanita | 6 x 1 pcs | 72.00 | 120 | rolls/sparkle
  Giant roll for restaurants and workshops.
Hotpack Napkins 33x33 100s | Hotpack | 20 x 100 pcs | 64.00 | 130 | softbox/leaf
  White one-ply napkins for cafeterias.
Hotpack Interfold Hand Towel 150s | Hotpack | 20 x 150 pcs | 58.00 | 100 | softbox/drop
  Dispenser towels for washrooms, fits the usual box.
""",
    ),
    (
        "disposables-wraps",
        "noor-home",
        """
Hotpack Paper Cups 7oz | Hotpack | 1 x 1000 pcs | 62.00 | 150 | box/cup | min 2
  Single-wall cups in karak size, twenty sleeves of fifty.
Hotpack Foil Container 83190 | Hotpack | 1 x 1000 pcs | 148.00 | 60 | box/star | min 2
  Aluminium containers with lids for biryani delivery.
Hotpack Cling Film 45cm | Hotpack | 6 x 1 pcs | 96.00 | 72 | box/drop
  Catering film with a cutter edge.
Diamond Aluminium Foil 37.5 sq ft | Diamond | 24 x 1 pcs | 138.00 | 58 | box/star
  Kitchen foil strong enough for oven fish.
Falcon Garbage Bags 55 Gallon 10s | Falcon | 20 x 10 pcs | 106.00 | 88 | flow/leaf
  Heavy black sacks on a roll, biodegradable film.
Falcon Plastic Spoons 50s | Falcon | 40 x 50 pcs | 84.00 | 0 | pouch/sparkle | low 15
  Sturdy white spoons. Stock returns with the wooden replacement later this season.
""",
    ),
    (
        "soap-body-care",
        "noor-home",
        """
Lux Soft Rose Soap 170g | Lux | 48 x 170 g | 156.00 | 90 | flow/flower
  Beauty bar with rose fragrance, in bundles of six.
Dettol Original Soap 165g | Dettol | 48 x 165 g | 198.00 | 84 | flow/sparkle
  Antibacterial bar for the whole household.
Lifebuoy Handwash Total 500ml | Lifebuoy | 12 x 500 ml | 122.00 | 70 | pump/drop
  Pump bottle for washrooms that see traffic.
Palmolive Naturals Shower Milk 500ml | Palmolive | 12 x 500 ml | 158.00 | 46 | squeeze/flower
  Milk and honey shower cream.
Nivea Soft Cream 200ml | Nivea | 24 x 200 ml | 342.00 | 38 | tub/drop
  Light moisturiser for dry air-conditioned days.
Vaseline Petroleum Jelly 250ml | Vaseline | 24 x 250 ml | 236.00 | 50 | jar/drop
  Pure jelly, a hundred uses and one jar.
Yardley London Talc Lavender 250g | Yardley | 24 x 250 g | 262.00 | 30 | canister/flower
  Lavender talcum in the slim tin, a steady line since the seventies.
""",
    ),
    (
        "hair-care",
        "noor-home",
        """
Sunsilk Black Shine Shampoo 700ml | Sunsilk | 8 x 700 ml | 132.00 | 64 | pump/flower #2B2B2B
  Amla shampoo for dark hair, large pump bottle.
Head & Shoulders Classic 400ml | Head & Shoulders | 12 x 400 ml | 222.00 | 70 | squeeze/drop
  Anti-dandruff shampoo in a shape that is known from the far end of the aisle.
Pantene Smooth Conditioner 360ml | Pantene | 12 x 360 ml | 186.00 | 48 | squeeze/flower
  Conditioner for hair tired by desalinated water.
Vatika Coconut Hair Oil 300ml | Vatika | 24 x 300 ml | 264.00 | 60 | bottle/leaf
  Coconut oil with henna and lemon, warmed in the palms before use.
Parachute Coconut Oil 500ml | Parachute | 24 x 500 ml | 318.00 | 44 | bottle/leaf
  Pure coconut oil in the blue bottle.
""",
    ),
    (
        "oral-care",
        "noor-home",
        """
Colgate Total 100ml | Colgate | 48 x 100 ml | 348.00 | 56 | tube/sparkle
  Twelve-hour protection toothpaste, front-of-shelf line.
Colgate Herbal 125ml | Colgate | 48 x 125 ml | 288.00 | 50 | tube/leaf #3F9B4B
  Herbal paste with a loyal South Asian following.
Signal Cavity Fighter 120ml | Signal | 48 x 120 ml | 252.00 | 62 | tube/star
  Family fluoride toothpaste with the red stripe.
Sensodyne Rapid Relief 75ml | Sensodyne | 24 x 75 ml | 396.00 | 28 | tube/drop
  For sensitive teeth, pharmacy and supermarket both.
Dabur Miswak 120g | Dabur | 48 x 120 g | 264.00 | 48 | tube/leaf
  Toothpaste made with miswak extract.
Listerine Cool Mint 500ml | Listerine | 12 x 500 ml | 234.00 | 40 | bottle/leaf
  Mouthwash in the square bottle.
""",
    ),
    (
        "nappies-wipes",
        "noor-home",
        """
Pampers Baby Dry Size 4 64s | Pampers | 2 x 64 pcs | 118.00 | 90 | softpack/heart
  Overnight protection for babies of nine to fourteen kilos.
Pampers Premium Care Size 2 46s | Pampers | 4 x 46 pcs | 172.00 | 52 | softpack/heart #8FC1E3
  The softest of the range for newborn skin.
Huggies Size 5 56s | Huggies | 2 x 56 pcs | 112.00 | 60 | softpack/heart
  Stretch sides for walkers of twelve kilos and over.
Johnson's Baby Wipes 56s | Johnson's | 12 x 56 pcs | 94.00 | 86 | flow/drop
  Unscented wipes with a flip lid.
""",
    ),
    (
        "baby-food-care",
        "noor-home",
        """
Cerelac Wheat & Milk 400g | Cerelac | 24 x 400 g | 426.00 | 42 | tin/wheat
  First cereal from six months, in the tin mothers hand down.
Cerelac Honey & Wheat 1kg | Cerelac | 12 x 1 kg | 402.00 | 26 | tin/honey #E0A526
  From twelve months. One-kilo tin.
Hero Baby Apple Puree 130g | Hero | 24 x 130 g | 126.00 | 48 | jar/apple
  Fruit and nothing else, in small glass jars.
Johnson's Baby Shampoo 500ml | Johnson's | 12 x 500 ml | 198.00 | 58 | bottle/drop
  The gold bottle that promises no tears.
""",
    ),
    (
        "paper-tissues",
        "quick-deal",
        """
Fine Pocket Tissues 10s | Fine | 24 x 10 pcs | 66.00 | 50 | flow/flower
  Pocket packs in sleeves of ten, discontinued print.
""",
    ),
)
