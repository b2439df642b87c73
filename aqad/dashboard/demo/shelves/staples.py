SHELVES = (
    (
        "rice",
        "sahara-grains",
        """
Abu Kass Indian Basmati 35kg | Abu Kass | 1 x 35 kg | 178.00 | 220 | sack/wheat | min 2
  Long-grain mazza rice in the woven sack that caterers know by its picture.
India Gate Classic Basmati 5kg | India Gate | 4 x 5 kg | 184.00 | 160 | sack/wheat
  Two years aged, each grain doubles in the pot. Four bags of five kilos.
India Gate Classic Basmati 20kg | India Gate | 1 x 20 kg | 172.00 | 140 | sack/wheat | min 2
  The wedding-biryani rice in a jute-look bag.
Tilda Pure Basmati 5kg | Tilda | 4 x 5 kg | 226.00 | 70 | sack/wheat
  Hand-picked Himalayan-foothill basmati for the premium shelf.
Daawat Biryani Basmati 5kg | Daawat | 4 x 5 kg | 168.00 | 110 | sack/wheat
  Extra-long grain that stays apart under the heaviest masala.
Kohinoor Sella Rice 20kg | Kohinoor | 1 x 20 kg | 118.00 | 150 | sack/wheat | min 2
  Parboiled sella for restaurants that hold rice over steam all day.
Al Wadi Egyptian Rice 5kg | Al Wadi | 4 x 5 kg | 96.00 | 120 | sack/wheat
  Short Camolino grain for stuffed vine leaves and koshari.
Royal Umbrella Jasmine Rice 5kg | Royal Umbrella | 4 x 5 kg | 132.00 | 80 | sack/flower
  Fragrant Thai hom mali, new crop.
Sahara Harvest Sona Masoori 10kg | Sahara Harvest | 2 x 10 kg | 92.00 | 100 | sack/wheat
  Light everyday grain of the South Indian table.
Sahara Harvest Matta Rice 10kg | Sahara Harvest | 2 x 10 kg | 98.00 | 90 | sack/wheat #A4432B
  Red Kerala rice, parboiled, for those who grew up with it.
Sahara Harvest Calrose Rice 5kg | Sahara Harvest | 4 x 5 kg | 88.00 | 75 | sack/wheat #3F7D6E
  Medium sticky grain for sushi counters and Filipino kitchens.
""",
    ),
    (
        "flour-semolina",
        "sahara-grains",
        """
Jenan All Purpose Flour 2kg | Jenan | 6 x 2 kg | 34.00 | 180 | bag/wheat
  Milled in the Emirates, plain white flour for home baking.
Jenan Chapati Flour 10kg | Jenan | 1 x 10 kg | 27.50 | 240 | sack/wheat | min 4
  Fine atta that rolls thin and stays soft until evening.
Aashirvaad Whole Wheat Atta 10kg | Aashirvaad | 1 x 10 kg | 39.00 | 190 | sack/wheat | min 4
  Stone-ground whole wheat with the bran kept in.
Al Baker Flour No.1 50kg | Al Baker | 1 x 50 kg | 108.00 | 85 | sack/wheat | min 2
  Bakery sack for Arabic bread ovens, protein steady from batch to batch.
Al Baker Semolina 1kg | Al Baker | 10 x 1 kg | 42.00 | 95 | bag/wheat #E2B04A
  Coarse semolina for basbousa and upma.
Sahara Harvest Gram Flour 1kg | Sahara Harvest | 10 x 1 kg | 64.00 | 110 | bag/pea #E9C46A
  Besan for pakora stalls, sifted twice.
Sahara Harvest Corn Flour 400g | Sahara Harvest | 24 x 400 g | 78.00 | 70 | box/corn #F2C230
  Thickener for soups and custards, in a dry-keeping box.
""",
    ),
    (
        "pulses-beans",
        "sahara-grains",
        """
Sahara Harvest Red Lentils 1kg | Sahara Harvest | 10 x 1 kg | 58.00 | 160 | bag/pea #E4572E
  Split red masoor that cooks in twenty minutes: soup season's first need.
Sahara Harvest Chickpeas 9mm 1kg | Sahara Harvest | 10 x 1 kg | 72.00 | 130 | bag/pea #D9A441
  Large kabuli chickpeas for hummus kitchens, sorted by size.
Sahara Harvest Toor Dal 5kg | Sahara Harvest | 4 x 5 kg | 164.00 | 75 | sack/pea #E0A526
  Oil-free split pigeon peas for sambar.
Sahara Harvest Moong Dal 1kg | Sahara Harvest | 10 x 1 kg | 69.00 | 100 | bag/pea #F0C93A
  Washed yellow moong, light on the stomach.
Sahara Harvest Black Eye Beans 1kg | Sahara Harvest | 10 x 1 kg | 66.00 | 85 | bag/pea #8C6A4F
  Lobia for salads and curries, low in broken grains.
Bayara Green Lentils 400g | Bayara | 20 x 400 g | 74.00 | 60 | bag/pea #6A994E
  Whole green lentils in retail packs with a hang hole.
Bayara Red Kidney Beans 400g | Bayara | 20 x 400 g | 78.00 | 64 | bag/pea #8B1E2D
  Rajma beans, dark and even. Soak overnight.
Bayara Popcorn Kernels 400g | Bayara | 20 x 400 g | 70.00 | 72 | bag/corn #F2B705
  Butterfly corn with few unpopped kernels, for home and cinema stands.
""",
    ),
    (
        "pasta-noodles",
        "bayt-pantry",
        """
Barilla Spaghetti No.5 500g | Barilla | 24 x 500 g | 142.00 | 120 | box/wheat
  Durum wheat spaghetti in the blue box, nine minutes to al dente.
Barilla Penne Rigate 500g | Barilla | 20 x 500 g | 124.00 | 100 | box/wheat
  Ridged penne that carries sauce well; the restaurant's safe choice.
Barilla Lasagne 500g | Barilla | 15 x 500 g | 141.00 | 45 | box/wheat
  Flat sheets that need no boiling first.
Emirates Macaroni Elbow 400g | Emirates Macaroni | 20 x 400 g | 52.00 | 210 | bag/wheat
  Local elbow macaroni at a price that keeps canteens loyal.
Emirates Macaroni Vermicelli 400g | Emirates Macaroni | 20 x 400 g | 52.00 | 170 | bag/wheat #D98C2B
  Fine vermicelli for sheer khurma, soup and sweet balaleet.
Emirates Macaroni Spaghetti 400g | Emirates Macaroni | 20 x 400 g | 52.00 | 160 | bag/wheat #B5392F
  Value spaghetti, same mill, same colour every time.
Indomie Chicken Noodles 70g | Indomie | 40 x 70 g | 44.00 | 520 | sachet/chilli
  Three minutes to dinner. The carton of forty goes by the shelf-load in term time.
Indomie Mi Goreng 80g | Indomie | 40 x 80 g | 49.00 | 360 | sachet/chilli #E2711D
  Fried-style noodles with sweet soy and crisp onions.
Maggi 2 Minute Masala 77g | Maggi | 40 x 77 g | 61.00 | 280 | sachet/chilli
  Masala noodles with the flavour that hostels run on.
Maggi Chicken Cup 58g | Maggi | 30 x 58 g | 93.00 | 90 | cup/chilli
  Cup noodles for petrol stations, fork included.
Samyang Buldak Hot Chicken 140g | Samyang | 40 x 140 g | 186.00 | 110 | sachet/flame
  Korean fire noodles that the young dare each other to finish.
Koka Rice Vermicelli 350g | Koka | 30 x 350 g | 128.00 | 48 | bag/wheat
  Fine rice sticks for pancit and pho, gluten free by nature.
""",
    ),
)
