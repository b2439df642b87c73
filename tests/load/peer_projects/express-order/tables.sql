-- Filled from the table `groceries`; a million of each on the shelf, so that no run sells out.

CREATE TABLE products (
    id serial PRIMARY KEY,
    title varchar(255) NOT NULL,
    upc varchar(64) UNIQUE,
    category varchar(255),
    price numeric(10, 2) NOT NULL,
    stock integer NOT NULL
);

CREATE TABLE orders (
    id serial PRIMARY KEY,
    customer_id integer NOT NULL,
    total numeric(12, 2) NOT NULL DEFAULT 0,
    status varchar(20) NOT NULL DEFAULT 'pending',
    created_at timestamptz NOT NULL DEFAULT now()
);

CREATE TABLE order_items (
    id serial PRIMARY KEY,
    order_id integer NOT NULL REFERENCES orders (id),
    product_id integer NOT NULL REFERENCES products (id),
    quantity integer NOT NULL,
    price numeric(10, 2) NOT NULL
);

INSERT INTO products (id, title, upc, category, price, stock)
SELECT id, title, upc, coalesce(subcategory, category), price, 1000000 FROM groceries ORDER BY id;
