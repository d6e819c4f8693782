import { Hono } from 'hono';
import { KessaiError } from 'kessai';
import { cancellable } from '../orders.js';
import { orderPage } from '../pages/order.js';
import { cancelOrder, openCheckout } from '../payments.js';
import { refundsOf } from '../refunds.js';
import { notFound, textForm } from './forms.js';

/** @import { Context } from 'hono' */
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

  app.get('/:id', async (c) => {
    const order = orders.open(c.req.param('id'), c.req.query('key') ?? '');
    if (!order) return notFound(c);
    const view = c.get('view');
    const { entries } = await kessai.order.timeline({ record: order.record, language: view.language });
    const refunds = await refundsOf(kessai, order, entries);
    return c.html(orderPage(view, order, orders.items(order.id), { entries, refunds }, c.req.query('problem')));
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
 * To the payment page; to the order's own page where nothing is left to be paid, or where the payment page cannot be had
 * at the moment: it offers to try again.
 * @param {Shop} shop
 * @param {Context<ShopEnv>} c
 * @param {Order} order
 */
export async function pay(shop, c, order) {
  const { result, problem } = await attempt(shop, order, () => openCheckout(shop.kessai, shop.orders, order, shop.url));
  return c.redirect(result ?? (problem ? `${pathOf(order)}&problem=unreachable` : pathOf(order)), 303);
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
