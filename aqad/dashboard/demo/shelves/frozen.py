SHELVES = (
    (
        "frozen-poultry-meat",
        "polar-star",
        """
Sadia Whole Chicken 1100g | Sadia | 10 x 1.1 kg | 138.00 | 240 | frozen/drumstick
  Frozen griller without giblets, graded at 1,100 grams, the rotisserie weight.
Sadia Chicken Breast 2.5kg | Sadia | 6 x 2.5 kg | 246.00 | 120 | frozen/drumstick
  Boneless skinless fillets for catering, individually frozen.
Sadia Chicken Franks 340g | Sadia | 24 x 340 g | 134.00 | 95 | frozen/drumstick #C0392B
  Ten sausages a pack, hot-dog stands reorder weekly.
Americana Chicken Nuggets 400g | Americana | 20 x 400 g | 238.00 | 84 | frozen/drumstick
  Breaded and pre-fried: eight minutes from freezer to plate.
Americana Beef Burger 24s | Americana | 6 x 1.34 kg | 204.00 | 66 | frozen/flame
  Twenty-four quarter-size patties with paper between each.
Al Islami Chicken Shawarma 400g | Al Islami | 12 x 400 g | 156.00 | 58 | frozen/drumstick
  Marinated strips for a home shawarma night.
Al Islami Zing Chicken Strips 1kg | Al Islami | 10 x 1 kg | 272.00 | 46 | frozen/chilli
  Crunchy hot strips in the bulk bag.
Seara Chicken Wings 900g | Seara | 12 x 900 g | 148.00 | 74 | frozen/drumstick
  Three-joint wings from Brazil for the grill menu.
""",
    ),
    (
        "frozen-vegetables-pastry",
        "polar-star",
        """
McCain French Fries 9mm 2.5kg | McCain | 4 x 2.5 kg | 82.00 | 260 | frozen/crisp
  Straight-cut fries that stay crisp through a delivery ride.
McCain Potato Wedges 2.5kg | McCain | 4 x 2.5 kg | 96.00 | 90 | frozen/crisp
  Skin-on wedges, lightly seasoned.
Emborg Mixed Vegetables 900g | Emborg | 12 x 900 g | 108.00 | 100 | frozen/pea
  Peas, carrots and corn, washed and cut: straight into the pan.
Emborg Broccoli Florets 900g | Emborg | 12 x 900 g | 126.00 | 55 | frozen/leaf
  Even florets, frozen within hours of cutting.
Sunbulah Molokhia 400g | Sunbulah | 20 x 400 g | 98.00 | 80 | frozen/leaf
  Minced jute leaves for the Egyptian stew.
Sunbulah Okra Zero 400g | Sunbulah | 20 x 400 g | 116.00 | 60 | frozen/leaf #4F8F3A
  Smallest baby okra, tops trimmed.
Switz Spring Roll Pastry 550g | Switz | 20 x 550 g | 134.00 | 70 | frozen/wheat
  Forty thin sheets that peel apart without tearing. Order early for Ramadan.
Switz Plain Paratha 5s | Switz | 24 x 400 g | 118.00 | 140 | frozen/wheat #D1892B
  Flaky layered paratha for the griddle.
""",
    ),
    (
        "frozen-seafood",
        "polar-star",
        """
Gulf Catch Shrimps Peeled 500g | Gulf Catch | 20 x 500 g | 388.00 | 42 | frozen/shrimp
  Medium peeled shrimps, tail off, net weight without glaze.
Gulf Catch Hammour Fillet 1kg | Gulf Catch | 10 x 1 kg | 462.00 | 28 | frozen/fish
  Grouper fillets cut in Ajman, skinless.
Gulf Catch Fish Fingers 300g | Gulf Catch | 24 x 300 g | 226.00 | 50 | frozen/fish #F2A33A
  White fish in golden crumb for the children's menu.
""",
    ),
    (
        "ice-cream",
        "polar-star",
        """
Igloo Vanilla 2L | Igloo | 6 x 2 L | 102.00 | 90 | tub/icecream
  Family tub of vanilla, made in Abu Dhabi.
Igloo Chocolate Cone 120ml | Igloo | 24 x 120 ml | 58.00 | 130 | cone/cocoa
  Crunchy cone with a chocolate tip.
London Dairy Pralines 500ml | London Dairy | 8 x 500 ml | 136.00 | 46 | tub/nut
  Premium praline ice cream with caramelised pecans.
London Dairy Double Chocolate 500ml | London Dairy | 8 x 500 ml | 136.00 | 52 | tub/cocoa #4A2C1A
  Dark and milk chocolate in one tub, for dessert menus without a pastry chef.
Kwality Kulfi Malai 60ml | Kwality | 30 x 60 ml | 54.00 | 88 | cone/milk
  Stick kulfi with cardamom and thickened milk.
""",
    ),
)
