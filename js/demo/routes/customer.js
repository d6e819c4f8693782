import { Hono } from 'hono';
import { KessaiError } from 'kessai';
import { randomKey } from '../database.js';
import { payable } from '../orders.js';
import { messagePage, orderPage } from '../pages/order.js';
import { checkoutPage, productsPage } from '../pages/products.js';
import { openCheckout } from '../payments.js';
import { texts } from '../texts.js';

/** @import { Context } from 'hono' */
/** @import { Order } from '../orders.js' */
/** @import { Shop, ShopEnv } from '../app.js' */

/**
 * What the customer sees.
 * @param {Shop} shop
 * @returns {Hono<ShopEnv>}
 */
export function customerRoutes({ orders, kessai, url, log }) {
  /** @type {Hono<ShopEnv>} */
  const app = new Hono();

  app.get('/', (c) => c.html(productsPage(orders.products(), c.get('language'))));

  app.get('/checkout', (c) => {
    const product = orders.product(c.req.query('product') ?? '');
    if (!product) return notFound(c);
    const quantity = quantityOf(c.req.query('quantity') ?? '1');
    return c.html(checkoutPage(product, { key: randomKey(), quantity, email: '' }, c.get('language')));
  });

  app.post('/orders', async (c) => {
    const form = await textForm(c);
    const language = c.get('language');
    const product = orders.product(form.product);
    if (!product || !/^[\w-]{43}$/.test(form.key)) return notFound(c);
    const { key, email } = form;
    const quantity = quantityOf(form.quantity);
    const again = (/** @type {string} */ problem) => checkoutPage(product, { key, quantity, email, problem }, language);
    if (!/^[^\s@]+@[^\s@]+$/.test(email)) return c.html(again(texts[language].noEmail), 422);
    const order = orders.place({ key, productId: product.id, quantity, email, language });
    return order ? pay(c, order) : c.html(again(texts[language].notEnough), 409);
  });

  app.post('/orders/:id/pay', async (c) => {
    const order = orders.open(c.req.param('id'), (await textForm(c)).key);
    return order ? pay(c, order) : notFound(c);
  });

  /**
   * To the payment page; to the order's own page where nothing is left to be paid, or where the payment page cannot be
   * had at the moment: it offers to try again.
   * @param {Context<ShopEnv>} c
   * @param {Order} order
   */
  async function pay(c, order) {
    const page = `/orders/${order.id}?key=${order.key}`;
    if (!payable.includes(order.status)) return c.redirect(page, 303);
    try {
      return c.redirect(await openCheckout(kessai, orders, order, url), 303);
    } catch (error) {
      if (!(error instanceof KessaiError)) throw error;
      log(`order ${order.id}: ${error.code}: ${error.message} ${error.remedy}`);
      return c.redirect(`${page}&unreachable=1`, 303);
    }
  }

  // The payment page sends the customer here. Asking the gateway mends the order where a webhook was lost.
  app.get('/orders/:id/return', async (c) => {
    const order = orders.open(c.req.param('id'), c.req.query('key') ?? '');
    if (!order) return notFound(c);
    try {
      await kessai.order.apply({ orderId: order.id, check: true });
    } catch (error) {
      if (!(error instanceof KessaiError)) throw error;
      // The customer sees the order as it is known; the webhook or the next check brings the rest.
      log(`order ${order.id}: ${error.code}: ${error.message} ${error.remedy}`);
    }
    return c.redirect(`/orders/${order.id}?key=${order.key}`, 303);
  });

  app.get('/orders/:id', async (c) => {
    const order = orders.open(c.req.param('id'), c.req.query('key') ?? '');
    if (!order) return notFound(c);
    const language = c.get('language');
    const { entries } = await kessai.order.timeline({ record: order.record, language });
    const problem = c.req.query('unreachable') ? texts[language].unreachable : undefined;
    return c.html(orderPage(order, orders.items(order.id), entries, problem, language));
  });

  return app;
}

/** @param {Context<ShopEnv>} c */
export function notFound(c) {
  const language = c.get('language');
  return c.html(messagePage(texts[language].notFound, language), 404);
}

/**
 * A posted form; a missing field, or a file in its place, is empty text.
 * @param {Context<ShopEnv>} c
 * @returns {Promise<{product: string, quantity: string, key: string, email: string}>}
 */
async function textForm(c) {
  const body = await c.req.parseBody();
  const text = (/** @type {string} */ name) => (typeof body[name] === 'string' ? body[name] : '');
  return { product: text('product'), quantity: text('quantity'), key: text('key'), email: text('email') };
}

/** @param {string} text */
function quantityOf(text) {
  return Math.min(Math.max(Math.trunc(Number(text)) || 1, 1), 9);
}
