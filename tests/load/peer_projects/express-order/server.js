// An order as Express tutorials teach it: one pool, one transaction, a loop over the lines. No sign-in, no validation, no key
// against repeating, no record. It looks at the stock before it takes some, without a lock, so two buyers can get the last carton.
const cluster = require('node:cluster');
const express = require('express');
const { Pool } = require('pg');

const PROCESSES = Number(process.env.PROCESSES || 2);
const PORT = Number(process.env.PORT || 3000);

if (cluster.isPrimary) {
  for (let i = 0; i < PROCESSES; i += 1) {
    cluster.fork();
  }
} else {
  const pool = new Pool({ connectionString: process.env.DATABASE_URL });
  const app = express();
  app.use(express.json());

  app.get('/health', (req, res) => {
    res.json({ status: 'ok' });
  });

  app.post('/orders', async (req, res) => {
    const { customerId, items } = req.body;
    const client = await pool.connect();
    try {
      await client.query('BEGIN');
      const order = await client.query('INSERT INTO orders (customer_id) VALUES ($1) RETURNING id', [customerId]);
      const orderId = order.rows[0].id;
      let total = 0;
      for (const item of items) {
        const found = await client.query('SELECT price, stock FROM products WHERE id = $1', [item.productId]);
        const product = found.rows[0];
        if (!product || product.stock < item.quantity) {
          await client.query('ROLLBACK');
          res.status(400).json({ error: `Not enough of product ${item.productId}` });
          return;
        }
        await client.query('UPDATE products SET stock = stock - $1 WHERE id = $2', [item.quantity, item.productId]);
        await client.query('INSERT INTO order_items (order_id, product_id, quantity, price) VALUES ($1, $2, $3, $4)', [
          orderId,
          item.productId,
          item.quantity,
          product.price,
        ]);
        total += Number(product.price) * item.quantity;
      }
      await client.query('UPDATE orders SET total = $1 WHERE id = $2', [total, orderId]);
      await client.query('COMMIT');
      res.status(201).json({ id: orderId, total, items });
    } catch (error) {
      await client.query('ROLLBACK');
      res.status(500).json({ error: 'The order could not be placed' });
    } finally {
      client.release();
    }
  });

  app.listen(PORT, '127.0.0.1');
}
