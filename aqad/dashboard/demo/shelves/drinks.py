SHELVES = (
    (
        "soft-drinks",
        "ahmed-foods",
        """
Pepsi 330ml | Pepsi | 24 x 330 ml | 48.00 | 500 | can/bubbles
  The classic cola in the can that every cafeteria fridge is built around. Shrink-wrapped tray of 24, best served ice cold.
Pepsi 2.25L | Pepsi | 6 x 2.25 L | 39.00 | 320 | bottle/bubbles
  Family bottle for iftar tables and weekend gatherings. Six to the shrink pack, easy to stack four high.
Pepsi Zero Sugar 330ml | Pepsi | 24 x 330 ml | 48.00 | 260 | can/bubbles #111111
  Full cola taste without sugar, for shops near offices and gyms.
Mirinda Orange 330ml | Mirinda | 24 x 330 ml | 46.50 | 380 | can/orange
  Bright orange soda that sells wherever school children pass by.
Mirinda Citrus 330ml | Mirinda | 24 x 330 ml | 46.50 | 190 | can/lemon #8DC63F
  A lighter citrus version of the orange favourite, in a tray of 24 cans.
7UP 330ml | 7UP | 24 x 330 ml | 47.00 | 420 | can/lemon
  Clear lemon and lime soda, the standard partner to a shawarma plate.
7UP 1L | 7UP | 12 x 1 L | 44.00 | 210 | bottle/lemon
  One-litre bottle for the table. Twelve bottles, resealable caps.
Mountain Dew 330ml | Mountain Dew | 24 x 330 ml | 47.50 | 300 | can/bolt
  Sharp citrus soda with a loyal evening crowd. Keep it beside the crisps.
Coca-Cola 330ml | Coca-Cola | 24 x 330 ml | 49.00 | 460 | can/bubbles
  The original recipe in a sleek can, tray of 24 under shrink film.
Coca-Cola Zero 330ml | Coca-Cola | 24 x 330 ml | 49.00 | 280 | can/bubbles #161616
  Zero-sugar cola in the matching sleek can; count one tray for every three of the original.
Coca-Cola 1.5L | Coca-Cola | 6 x 1.5 L | 36.00 | 240 | bottle/bubbles
  Sharing bottle for restaurants and family shoppers, six to a pack.
Fanta Orange 330ml | Fanta | 24 x 330 ml | 47.00 | 250 | can/orange
  Orange soda with a softer fizz, popular in lunch combos.
Fanta Strawberry 330ml | Fanta | 24 x 330 ml | 47.00 | 140 | can/berry #E8384F
  Sweet strawberry soda in a red can. Moves fastest from an open cooler.
Sprite 330ml | Sprite | 24 x 330 ml | 47.50 | 310 | can/lemon
  Crisp lemon-lime soda, caffeine free. Tray of 24.
Shani Mixed Fruit 330ml | Shani | 24 x 330 ml | 45.00 | 160 | can/berry
  The berry soda that a generation in the Gulf grew up with; steady seller in old neighbourhoods.
Vimto Sparkling 330ml | Vimto | 24 x 330 ml | 58.00 | 150 | can/berry
  Grape, raspberry and blackcurrant with bubbles. Orders double in the weeks before Ramadan, so plan early.
Vimto Cordial 710ml | Vimto | 12 x 710 ml | 118.00 | 130 | glass/berry | min 2
  The concentrated cordial for the iftar jug: one part cordial to four parts cold water. Glass, so handle with care.
Evervess Soda Water 330ml | Evervess | 24 x 330 ml | 36.00 | 120 | can/bubbles
  Plain sparkling soda for mocktail bars and hotels.
""",
    ),
    (
        "water",
        "ahmed-foods",
        """
Mai Dubai Water 500ml | Mai Dubai | 24 x 500 ml | 12.50 | 900 | water/drop | min 10 | by 10
  Everyday drinking water bottled in Dubai. Pallet price applies from 72 shrinks, ask us.
Mai Dubai Water 1.5L | Mai Dubai | 12 x 1.5 L | 14.00 | 540 | water/drop | min 5 | by 5
  Large bottle for homes and labour accommodation, two shrinks of six.
Mai Dubai Water 200ml | Mai Dubai | 24 x 200 ml | 9.50 | 480 | water/drop | min 5 | by 5
  Small bottle for meetings, mosques and airline trays.
Al Ain Water 500ml | Al Ain | 24 x 500 ml | 12.00 | 760 | water/drop | min 10 | by 10
  Low-sodium water in a light bottle, the usual choice for Abu Dhabi groceries.
Al Ain Water 330ml | Al Ain | 24 x 330 ml | 11.00 | 500 | water/drop | min 5 | by 5
  Handy size for school bags and buffet lines. Twenty-four to a shrink.
Al Ain Cup Water 200ml | Al Ain | 36 x 200 ml | 13.50 | 260 | cup/drop | min 5
  Sealed cups with peel-off foil for canteens and events.
Masafi Water 500ml | Masafi | 24 x 500 ml | 13.75 | 620 | water/drop | min 5 | by 5
  Water from the foot of the Hajar mountains, a northern favourite.
Masafi Water 1.5L | Masafi | 12 x 1.5 L | 15.25 | 410 | water/drop | min 5 | by 5
  The large bottle, with a grip that holds even wet.
Oasis Water 500ml | Oasis | 24 x 500 ml | 11.75 | 360 | water/drop | min 5 | by 5
  Value drinking water for promotions and bulk offers at the door.
Perrier Sparkling 330ml | Perrier | 24 x 330 ml | 108.00 | 90 | glass/bubbles
  French sparkling water in the green glass bottle for restaurants and cafes.
Perrier Lime 250ml | Perrier | 30 x 250 ml | 112.00 | 70 | can/lemon #9AC93F
  Slim cans of sparkling water with a squeeze of lime. Good beside the till.
Evian Water 500ml | Evian | 24 x 500 ml | 74.00 | 110 | water/drop
  Imported Alpine water for hotel minibars and better groceries.
""",
    ),
    (
        "juices",
        "ahmed-foods",
        """
Rani Float Orange 240ml | Rani | 24 x 240 ml | 43.00 | 340 | can/orange
  Orange drink with real fruit pieces at the bottom of the can; remind customers to shake it.
Rani Float Peach 240ml | Rani | 24 x 240 ml | 43.00 | 260 | can/peach #F7A35C
  Peach pieces in a sweet peach drink. The second-best seller of the range.
Rani Float Mango 240ml | Rani | 24 x 240 ml | 43.00 | 210 | can/mango #F9B115
  Mango drink with soft fruit chunks, tray of 24 short cans.
Lacnor Orange Juice 180ml | Lacnor | 32 x 180 ml | 34.50 | 430 | brick/orange
  Lunch-box juice with a straw, no need for a fridge until opened.
Lacnor Apple Juice 180ml | Lacnor | 32 x 180 ml | 34.50 | 390 | brick/apple #8CBF26
  Long-life apple juice for school canteens. Thirty-two to the carton.
Lacnor Mango Nectar 1L | Lacnor | 12 x 1 L | 57.00 | 180 | carton/mango #F5A800
  Thick mango nectar for juice bars and breakfast buffets.
Lacnor Orange Juice 1L | Lacnor | 12 x 1 L | 59.00 | 200 | carton/orange
  Orange juice in the family carton with a screw cap.
Masafi Pomegranate Juice 1L | Masafi | 12 x 1 L | 71.00 | 95 | carton/berry #B3123B
  Deep red pomegranate drink, long life. Pours well over ice.
Al Rawabi Orange Juice 1.75L | Al Rawabi | 6 x 1.75 L | 61.50 | 85 | jug/orange #F58220
  Chilled orange juice, short life: delivered cold with at least ten days left.
Al Rawabi Carrot Orange 200ml | Al Rawabi | 24 x 200 ml | 42.00 | 120 | bottle/orange #F26A1B
  Single-serve chilled blend for the breakfast fridge.
Barbican Pomegranate 330ml | Barbican | 24 x 330 ml | 62.00 | 140 | glass/berry #9E1B4A
  Sparkling malt with pomegranate in a long-neck bottle. Return crates are not needed.
Tang Orange 2.5kg | Tang | 6 x 2.5 kg | 178.00 | 75 | tin/orange
  Orange drink powder in the big tin, one makes about twenty litres.
Tang Mango 500g | Tang | 12 x 500 g | 98.00 | 110 | pouch/mango #F7B500
  Mango powder in a resealable pouch for households.
Suntop Berry Mix 125ml | Suntop | 72 x 125 ml | 41.00 | 150 | brick/berry #7A2A8F
  The smallest brick with the bent straw, for kiosks near playgrounds.
Suntop Orange 250ml | Suntop | 27 x 250 ml | 33.00 | 230 | brick/orange
  Orange drink in the larger brick. Twenty-seven per tray.
Star Lychee Drink 250ml | Star | 24 x 250 ml | 29.50 | 130 | can/peach #F4A6B8
  Lychee drink in a slim can, asked for most by Filipino and Chinese households.
""",
    ),
    (
        "energy-drinks",
        "ahmed-foods",
        """
Red Bull 250ml | Red Bull | 24 x 250 ml | 158.00 | 240 | can/bolt
  The original energy drink. Sell to adults only and keep the tray upright.
Red Bull Sugarfree 250ml | Red Bull | 24 x 250 ml | 158.00 | 110 | can/bolt #7FB2E5
  Same lift without sugar, in the pale blue can.
Red Bull Watermelon 250ml | Red Bull | 24 x 250 ml | 161.00 | 80 | can/bolt #E23D4B
  Summer red edition with watermelon taste, while this season's stock lasts.
Power Horse 250ml | Power Horse | 24 x 250 ml | 102.00 | 160 | can/bolt
  Long-established energy drink with a strong following among drivers and night shifts.
Monster Energy 500ml | Monster | 12 x 500 ml | 96.00 | 130 | can/bolt
  Half-litre can with a resealable look and a loud shelf presence.
Sting Berry Blast 250ml | Sting | 24 x 250 ml | 54.00 | 220 | bottle/bolt
  Affordable energy drink in a small red bottle, quick mover at petrol stations.
Pocari Sweat 500ml | Pocari Sweat | 24 x 500 ml | 98.00 | 90 | water/drop
  Japanese ion drink for runners and outdoor crews; demand peaks from May to September.
""",
    ),
    (
        "malt-drinks",
        "ahmed-foods",
        """
Barbican Malt 330ml | Barbican | 24 x 330 ml | 60.00 | 170 | glass/wheat
  Alcohol-free malt drink in brown glass, the grill-house classic.
Barbican Apple 330ml | Barbican | 24 x 330 ml | 61.00 | 140 | glass/apple #7BAA2D
  Malt with green apple, lighter than the original and well liked by families.
Moussy Classic 330ml | Moussy | 24 x 330 ml | 66.00 | 95 | glass/wheat
  Swiss-style malt beverage without alcohol. Chill well before serving.
Holsten Black Grape 330ml | Holsten | 24 x 330 ml | 64.50 | 70 | can/grape #4B2A6B
  Non-alcoholic malt with black grape, in cans for takeaway counters.
""",
    ),
    (
        "energy-drinks",
        "quick-deal",
        """
Power Horse Zero 250ml | Power Horse | 24 x 250 ml | 94.00 | 60 | can/bolt #8C8C8C
  Sugar-free cans from a parallel consignment, outer cartons plain.
Monster Mango Loco 500ml | Monster | 12 x 500 ml | 91.00 | 40 | can/mango #F6A019
  Mango flavoured energy drink, mixed expiry dates within the quarter.
""",
    ),
)
