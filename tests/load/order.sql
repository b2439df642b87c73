-- An order of three random lines in one statement, all or nothing:  pgbench -n -f order.sql -D products=100000 -c 16 -j 2 -T 5
-- A line from each third of the shelf: three different products, their rows always locked in the same order.
\set third :products / 3
\set a random(1, :third)
\set b random(:third + 1, 2 * :third)
\set c random(2 * :third + 1, :products)
\set retailer random(1, 1000)
WITH wanted (product_id, quantity) AS (
    VALUES (CAST(:a AS bigint), 1), (CAST(:b AS bigint), 2), (CAST(:c AS bigint), 3)
), taken AS (
    UPDATE stock SET reserved = reserved + wanted.quantity
    FROM wanted
    WHERE stock.product_id = wanted.product_id AND stock.on_hand - stock.reserved >= wanted.quantity
    RETURNING stock.product_id, wanted.quantity
), priced AS (
    SELECT products.id AS product_id, products.name, taken.quantity, products.price,
        taken.quantity * products.price AS line_total, round(taken.quantity * products.price * products.vat_rate / 100, 2) AS vat
    FROM taken JOIN products ON products.id = taken.product_id
), placed AS (
    -- One line short: there is no total, the column refuses that, and nothing of the statement stays.
    INSERT INTO orders (retailer_id, status, subtotal, vat, total, created_at)
    SELECT CAST(:retailer AS bigint), 'pending', sum(line_total), sum(vat),
        CASE WHEN count(*) = (SELECT count(*) FROM wanted) THEN sum(line_total + vat) END, now()
    FROM priced
    RETURNING id, retailer_id, total
), lines AS (
    INSERT INTO order_lines (order_id, product_id, name, quantity, unit_price, line_total, vat)
    SELECT placed.id, priced.product_id, priced.name, priced.quantity, priced.price, priced.line_total, priced.vat FROM placed, priced
    RETURNING id, product_id, quantity
), ledger AS (
    INSERT INTO stock_movements (product_id, kind, reserved_change, line_id, at)
    SELECT product_id, 'reserved', quantity, id, now() FROM lines
)
INSERT INTO events (verb, subject, actor, facts, at)
SELECT 'orders.placed', 'ORD' || id, 'Retailer R' || retailer_id, jsonb_build_object('total', total), now() FROM placed;
