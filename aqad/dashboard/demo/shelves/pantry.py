SHELVES = (
    (
        "canned-fish",
        "bayt-pantry",
        """
California Garden Tuna Solid in Oil 170g | California Garden | 48 x 170 g | 276.00 | 95 | can_low/fish
  Solid white tuna in sunflower oil with an easy-open end.
California Garden Tuna Flakes 185g | California Garden | 48 x 185 g | 218.00 | 90 | can_low/fish #4E9BD3
  Flakes for sandwiches and salads, the canteen choice.
Goody Light Meat Tuna 160g | Goody | 48 x 160 g | 248.00 | 70 | can_low/fish
  Saudi brand, firm pieces, lightly salted.
Rio Mare Tuna in Olive Oil 160g | Rio Mare | 24 x 160 g | 258.00 | 36 | can_low/fish
  Italian tuna for the delicatessen end of the aisle.
Century Tuna Hot and Spicy 180g | Century | 48 x 180 g | 212.00 | 66 | can_low/fish #D7261E
  Filipino favourite with birdseye chilli.
Ligo Sardines in Tomato Sauce 155g | Ligo | 50 x 155 g | 158.00 | 105 | can_low/fish
  Sardines in thick tomato sauce, best over plain rice.
Milo Sardines in Oil 125g | Milo Sardines | 50 x 125 g | 166.00 | 46 | can_low/fish
  Moroccan sardines in flat tins with a ring pull.
John West Mackerel Fillets 115g | John West | 12 x 115 g | 96.00 | 30 | can_low/fish
  Skinless fillets in sunflower oil.
""",
    ),
    (
        "canned-vegetables-fruit",
        "bayt-pantry",
        """
California Garden Fava Beans 450g | California Garden | 24 x 450 g | 84.00 | 150 | can_food/pea #6B8E23
  Plain foul medammes, the Egyptian breakfast in a tin.
California Garden Chickpeas 400g | California Garden | 24 x 400 g | 79.00 | 130 | can_food/pea #D9A441
  Ready-cooked chickpeas, rinse and blend.
California Garden Sweet Corn 340g | California Garden | 24 x 340 g | 92.00 | 110 | can_food/corn #F2C230
  Golden whole kernels for salads and cup-corn carts.
Al Alali Peeled Tomatoes 400g | Al Alali | 24 x 400 g | 86.00 | 90 | can_food/tomato
  Whole plum tomatoes in juice for pizza sauce.
Al Alali Mushrooms Sliced 400g | Al Alali | 24 x 400 g | 114.00 | 70 | can_food/leaf #9B7653
  Button mushrooms, evenly sliced, in brine.
Al Ain Tomato Paste 200g | Al Ain Farms | 48 x 200 g | 118.00 | 160 | can_food/tomato
  Double-concentrated paste packed in the Emirates.
Al Ain Tomato Paste Bricks 1.08kg | Al Ain Farms | 12 x 1.08 kg | 104.00 | 85 | brick/tomato
  Little bricks in a sleeve of eight, so that none is left half used.
Heinz Baked Beans 415g | Heinz | 24 x 415 g | 128.00 | 100 | can_food/pea
  Beans in tomato sauce for the English breakfast trade.
Green Giant Asparagus Spears 430g | Green Giant | 12 x 430 g | 138.00 | 20 | can_food/leaf
  Tender spears for hotel kitchens, drained weight 250 g.
Dole Pineapple Slices 567g | Dole | 24 x 567 g | 152.00 | 78 | can_food/pineapple
  Ten rings in juice, as good on a burger as in a cake.
Dole Fruit Cocktail 836g | Dole | 12 x 836 g | 126.00 | 54 | can_food/peach #EC8B5E
  Five fruits in syrup for salads, trifles and Ramadan desserts.
""",
    ),
    (
        "sauces-pickles",
        "bayt-pantry",
        """
Heinz Tomato Ketchup 460g | Heinz | 16 x 460 g | 122.00 | 140 | squeeze/tomato
  Upside-down squeeze bottle that pours to the last drop.
Heinz Ketchup Sachets 10g | Heinz | 1 x 500 pcs | 68.00 | 120 | box/tomato | min 2
  Five hundred portions for delivery bags.
Heinz Mayonnaise 940g | Heinz | 12 x 940 g | 216.00 | 60 | jar/egg
  Thick mayonnaise in a wide jar for sandwich counters.
American Garden U.S. Mayonnaise 473ml | American Garden | 12 x 473 ml | 118.00 | 90 | jar/egg
  Classic American-style mayonnaise, shelf stable until opened.
American Garden Peanut Butter 510g | American Garden | 12 x 510 g | 146.00 | 75 | jar/nut #A5672B
  Creamy roasted peanut spread. Also asked for as crunchy, tell us in the order notes.
American Garden BBQ Sauce 510g | American Garden | 12 x 510 g | 112.00 | 48 | glass/flame #7B2D12
  Smoky sauce for wings and burgers.
Tabasco Pepper Sauce 60ml | Tabasco | 12 x 60 ml | 102.00 | 64 | glass/chilli
  Aged red pepper sauce, one bottle per table.
Maggi Hot Chilli Sauce 320g | Maggi | 12 x 320 g | 74.00 | 82 | glass/chilli #E3342F
  Sweet and hot in equal part, for spring rolls and shawarma.
Sriracha House Hot Sauce 740ml | Sriracha House | 12 x 740 ml | 168.00 | 44 | squeeze/chilli
  Garlic chilli sauce in the tall squeeze bottle.
Kikkoman Soy Sauce 1L | Kikkoman | 6 x 1 L | 138.00 | 40 | glass/drop
  Naturally brewed soy for sushi bars.
Al Wadi Tahina 907g | Al Wadi | 12 x 907 g | 264.00 | 46 | jar/nut
  Ground sesame paste that stays loose, for hummus and halwa.
Al Wadi Pomegranate Molasses 500ml | Al Wadi | 12 x 500 ml | 132.00 | 50 | glass/berry
  Sour-sweet and dark; fattoush is not right without it.
Crystal White Vinegar 3.78L | Crystal | 4 x 3.78 L | 34.00 | 130 | jerry/drop
  Gallon of white vinegar for pickling and cleaning alike.
Mother's Recipe Mixed Pickle 500g | Mother's Recipe | 12 x 500 g | 98.00 | 56 | jar/chilli
  Mango, lime and carrot in mustard oil.
""",
    ),
    (
        "jams-honey",
        "bayt-pantry",
        """
Vitrac Strawberry Jam 430g | Vitrac | 12 x 430 g | 92.00 | 72 | jar/berry
  Egyptian jam with whole berries.
Vitrac Fig Jam 430g | Vitrac | 12 x 430 g | 94.00 | 40 | jar/berry #6B3A5B
  Seeds and all, for breakfast cheese boards.
Hero Apricot Jam 350g | Hero | 12 x 350 g | 132.00 | 38 | jar/peach
  Swiss apricot preserve with a high share of fruit.
Langnese Pure Bee Honey 500g | Langnese | 10 x 500 g | 276.00 | 44 | jar/honey
  Clear golden honey in the hexagonal jar.
Al Shifa Natural Honey 500g | Al Shifa | 12 x 500 g | 298.00 | 66 | jar/honey
  The Gulf's household honey, mild enough for children's milk.
Bayt Date Syrup 800g | Bayt | 12 x 800 g | 126.00 | 84 | squeeze/date
  Dibs pressed from Emirati dates. Pour over pancakes, luqaimat or tahina.
""",
    ),
    (
        "cereals-oats",
        "bayt-pantry",
        """
Kellogg's Corn Flakes 500g | Kellogg's | 16 x 500 g | 212.00 | 80 | box/corn
  The plain flake that all others are measured by.
Kellogg's Coco Pops 500g | Kellogg's | 16 x 500 g | 248.00 | 66 | box/cocoa #6B3E1F
  Chocolate rice puffs that turn the milk brown; weekend best-seller.
Kellogg's Froot Loops 375g | Kellogg's | 14 x 375 g | 226.00 | 42 | box/berry #D6336C
  Coloured fruit-flavoured hoops in the tall box.
Nestle Fitness 375g | Nestle | 18 x 375 g | 270.00 | 48 | box/wheat #D64550
  Whole-wheat flakes for the January crowd.
Nestle Lion Cereal 400g | Nestle | 16 x 400 g | 256.00 | 36 | box/cocoa #C8791A
  Caramel and chocolate cereal, placed at children's eye level it needs no promotion.
Quaker White Oats 500g | Quaker | 24 x 500 g | 204.00 | 130 | tin/wheat
  Quick-cooking oats in the tin, for porridge and Ramadan soup.
Weetabix Original 24s | Weetabix | 10 x 430 g | 178.00 | 50 | box/wheat
  Wheat biscuits, two to a bowl.
Bayt Nut Granola 1kg | Bayt | 8 x 1 kg | 192.00 | 34 | pouch/nut
  Baked oats with almonds and dates, for hotel breakfasts.
""",
    ),
    (
        "spreads-syrups",
        "bayt-pantry",
        """
Nutella 750g | Nutella | 12 x 750 g | 318.00 | 90 | jar/nut
  Hazelnut cocoa spread: crepe stands take it by the carton.
Nutella 350g | Nutella | 15 x 350 g | 219.00 | 110 | jar/nut
  The jar that fits a family's week.
Lotus Biscoff Spread 400g | Lotus Biscoff | 8 x 400 g | 136.00 | 84 | jar/cookie
  Caramelised biscuit spread, in every second dessert of this city.
Hershey's Chocolate Syrup 680g | Hershey's | 12 x 680 g | 168.00 | 46 | squeeze/cocoa
  Squeeze syrup for milkshakes and ice cream.
Halwani Halawa Plain 500g | Halwani | 24 x 500 g | 252.00 | 40 | tub/nut
  Sesame halawa, firm and flaky. Also sells well beside the bread.
""",
    ),
)
