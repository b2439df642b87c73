SHELVES = (
    (
        "tea",
        "karak-road",
        """
Lipton Yellow Label 100 Bags | Lipton | 36 x 200 g | 378.00 | 90 | box/leaf
  The yellow box that every pantry knows: a hundred tagged bags in each.
Lipton Yellow Label Loose 400g | Lipton | 24 x 400 g | 324.00 | 70 | box/leaf
  Loose black tea for karak stalls, brews strong in milk.
Lipton Green Tea Mint 100 Bags | Lipton | 12 x 150 g | 162.00 | 55 | box/leaf #6DB33F
  Green tea bags with spearmint for the after-dinner crowd.
Brooke Bond Red Label 800g | Brooke Bond | 12 x 800 g | 258.00 | 80 | box/leaf
  Brisk Assam dust, the working base of most karak in town.
Brooke Bond Taj Mahal 400g | Brooke Bond | 12 x 400 g | 174.00 | 60 | box/leaf #1E4D8C
  A rounder leaf blend for home kitchens that take their tea seriously.
Alokozay Black Tea 100 Bags | Alokozay | 24 x 200 g | 186.00 | 140 | box/leaf
  Blended in Dubai from Ceylon leaf. Every bag in its own foil envelope.
Alokozay Cardamom Tea 25 Bags | Alokozay | 48 x 50 g | 192.00 | 65 | box/leaf #3E8E41
  Black tea with ground cardamom; the fragrance sells it when a box is open on the counter.
Ahmad Tea English Breakfast 100 Bags | Ahmad Tea | 12 x 200 g | 198.00 | 50 | box/cup
  Full-bodied breakfast blend for hotels and offices.
Ahmad Tea Earl Grey 100 Bags | Ahmad Tea | 12 x 200 g | 198.00 | 45 | box/cup #3B5BA5
  Scented with bergamot, served plain or with a slice of lemon.
Dilmah Ceylon Gold 50 Bags | Dilmah | 24 x 100 g | 204.00 | 48 | box/leaf
  Single-origin Ceylon tea from the Sri Lankan family house.
Wagh Bakri Premium 450g | Wagh Bakri | 24 x 450 g | 348.00 | 40 | pouch/leaf
  Gujarati favourite in a zip pouch, colour and strength in one cup.
Karak House Instant Karak 10 Sachets | Karak House | 24 x 200 g | 216.00 | 120 | box/cup
  Tea, milk and cardamom in one sachet: hot water is all a night guard needs.
""",
    ),
    (
        "coffee",
        "karak-road",
        """
Nescafe Classic 200g | Nescafe | 12 x 200 g | 276.00 | 110 | jar/bean
  Instant coffee in the glass jar, the office-kitchen standard.
Nescafe Gold 190g | Nescafe | 6 x 190 g | 222.00 | 70 | jar/bean #C79A3B
  Finer roast with ground coffee inside, for customers who trade up.
Nescafe 3in1 Classic 24 Sticks | Nescafe | 12 x 480 g | 189.00 | 160 | box/cup
  Coffee, creamer and sugar in one stick. Sold by the box or by the stick at cafeterias.
Nescafe Ready To Drink Latte 240ml | Nescafe | 24 x 240 ml | 102.00 | 95 | can/bean #B5845A
  Chilled latte in a can for petrol stations and campus fridges.
Maatouk Gourmet Cardamom 500g | Maatouk | 12 x 500 g | 336.00 | 44 | pouch/bean
  Lebanese ground coffee with cardamom, vacuum packed on the roasting day.
Najjar Classic 450g | Najjar | 12 x 450 g | 318.00 | 52 | pouch/bean
  Beirut's everyday rakweh coffee, ground to powder.
Bayara Arabic Coffee 500g | Bayara | 12 x 500 g | 294.00 | 48 | pouch/bean #B8862B
  Light golden roast for the dallah, to be finished with saffron at home.
Lavazza Qualita Rossa 250g | Lavazza | 20 x 250 g | 372.00 | 60 | pouch/bean
  Italian ground blend for moka pots, in the red brick that regulars look for.
Lavazza Super Crema Beans 1kg | Lavazza | 6 x 1 kg | 408.00 | 55 | bag/bean #1F4E9E
  Whole beans for cafe machines; thick crema, little bitterness. Valve bags, best within four weeks of opening.
Karak House Turkish Coffee 250g | Karak House | 24 x 250 g | 312.00 | 38 | pouch/bean #5A3A22
  Our own medium roast, ground fine for the cezve.
""",
    ),
    (
        "creamers-evaporated-milk",
        "karak-road",
        """
Coffee-Mate Original 1kg | Coffee-Mate | 12 x 1 kg | 246.00 | 75 | jar/cup
  Creamer powder for office pantries, dissolves without lumps.
Rainbow Evaporated Milk 410g | Rainbow | 48 x 410 g | 204.00 | 210 | tin/milk
  The tin behind every good karak. Forty-eight to the carton, no dents accepted on our dock.
Rainbow Cardamom Milk 170g | Rainbow | 48 x 170 g | 138.00 | 125 | tin/milk #3F8F4F
  Evaporated milk already spiced with cardamom, in the small tin.
Nestle Sweetened Condensed Milk 397g | Nestle | 48 x 397 g | 268.00 | 95 | tin/milk
  For desserts, Thai iced tea and Vietnamese coffee alike.
""",
    ),
)
