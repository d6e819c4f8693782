import { Hono } from 'hono';
import { KessaiError } from 'kessai';
import { cancellable } from '../orders.js';
import { orderPage } from '../pages/order.js';
import { payPage } from '../pages/pay.js';
import { cancelOrder, openCheckout } from '../payments.js';
import { refundsOf } from '../refunds.js';
import { notFound, textForm } from './forms.js';

/** @import { Context } from 'hono' */
/** @import { ContentfulStatusCode } from 'hono/utils/http-status' */
/** @import { Order } from '../orders.js' */
/** @import { Shop, ShopEnv } from '../app.js' */

/**
 * A customer's order, for whoever has its key.
 * @param {Shop} shop
 * @returns {Hono<ShopEnv>}
 */
export function orderRoutes(shop) {
  const { orders, kessai } = shop;
  /** @type {Hono<ShopEnv>} */
  const app = new Hono();

  // What the payment window does not tell, the page asks here. It reads the record alone, which the webhooks keep true.
  app.get('/status', async (c) => {
    try {
      const { orderId } = await kessai.checkout.verifyReturn({ token: c.req.query('t') ?? null, purpose: 'status' });
      const standing = await kessai.checkout.standing({ record: orders.find(orderId)?.record ?? null });
      return c.json(standing, 200, { 'cache-control': 'no-store' });
    } catch (error) {
      if (!(error instanceof KessaiError)) throw error;
      return c.json({ code: error.code }, /** @type {ContentfulStatusCode} */ (error.answer));
    }
  });

  app.get('/:id', async (c) => {
    const order = orders.open(c.req.param('id'), c.req.query('key') ?? '');
    if (!order) return notFound(c);
    const view = c.get('view');
    const { entries } = await kessai.order.timeline({ record: order.record, language: view.language });
    const refunds = await refundsOf(kessai, order, entries);
    return c.html(orderPage(view, order, orders.items(order.id), { entries, refunds }, c.req.query('problem')));
  });

  // In the shop's own window. Where there is no invoice yet, it is made: the address is the customer's alone.
  app.get('/:id/pay', async (c) => {
    const order = orders.open(c.req.param('id'), c.req.query('key') ?? '');
    if (!order) return notFound(c);
    const { result: checkout, problem } = await attempt(shop, order, () =>
      openCheckout(kessai, orders, order, shop.url),
    );
    const { serverUrl } = shop;
    if (!checkout || !serverUrl) return c.redirect(afterAttempt(order, problem), 303);
    const { token } = await kessai.checkout.signReturn({ orderId: order.id, purpose: 'status' });
    const page = { ...checkout, serverUrl, statusToken: token };
    return c.html(payPage(c.get('view'), order, page), 200, { 'cache-control': 'no-store' });
  });

  app.post('/:id/pay', async (c) => {
    const order = orders.open(c.req.param('id'), (await textForm(c, 'key')).key);
    return order ? pay(shop, c, order) : notFound(c);
  });

  // The payment page sends the customer here. Asking the gateway mends the order where a webhook was lost.
  app.get('/:id/return', async (c) => {
    const order = orders.open(c.req.param('id'), c.req.query('key') ?? '');
    if (!order) return notFound(c);
    // Where that fails, the order is shown as it is known; the webhook or the next check brings the rest.
    await attempt(shop, order, () => kessai.order.apply({ orderId: order.id, check: true }));
    return c.redirect(pathOf(order), 303);
  });

  app.post('/:id/cancel', async (c) => {
    const order = orders.open(c.req.param('id'), (await textForm(c, 'key')).key);
    if (!order) return notFound(c);
    if (!cancellable.includes(order.status)) return c.redirect(pathOf(order), 303);
    const { problem } = await attempt(shop, order, () => cancelOrder(kessai, orders, order.id));
    const shown = problem === 'order.hasPayment' ? 'hasPayment' : 'notCancelled';
    return c.redirect(problem ? `${pathOf(order)}&problem=${shown}` : pathOf(order), 303);
  });

  return app;
}

/** @param {Order} order */
function pathOf({ id, key }) {
  return `/orders/${id}?key=${key}`;
}

/**
 * The order's own page, where nothing is left to be paid, or where the payment page cannot be had at the moment: it offers
 * to try again.
 * @param {Order} order
 * @param {string} [problem]
 */
function afterAttempt(order, problem) {
  return problem ? `${pathOf(order)}&problem=unreachable` : pathOf(order);
}

/**
 * To the payment page, or to the order's own.
 * @param {Shop} shop
 * @param {Context<ShopEnv>} c
 * @param {Order} order
 */
export async function pay(shop, c, order) {
  const { result, problem } = await attempt(shop, order, () => openCheckout(shop.kessai, shop.orders, order, shop.url));
  return c.redirect(result?.checkoutLink ?? afterAttempt(order, problem), 303);
}

/**
 * What kessai refuses or cannot do is logged for the merchant; anything else is a fault of the shop and thrown.
 * @template T
 * @param {Shop} shop
 * @param {Order} order
 * @param {() => Promise<T>} work
 * @returns {Promise<{result?: T, problem?: string}>} `problem` is kessai's code
 */
async function attempt({ log }, order, work) {
  try {
    return { result: await work() };
  } catch (error) {
    if (!(error instanceof KessaiError)) throw error;
    log(`order ${order.id}: ${error.code}: ${error.message} ${error.remedy}`);
    return { problem: error.code };
  }
}
