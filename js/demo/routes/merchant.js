import { Hono } from 'hono';
import { KessaiError } from 'kessai';
import { merchantOrderPage, ordersPage } from '../pages/merchant.js';
import { notFound } from './customer.js';

/** @import { Context } from 'hono' */
/** @import { Order } from '../orders.js' */
/** @import { Shop, ShopEnv } from '../app.js' */

/**
 * What the merchant sees. The demo listens on loopback and has no login; your shop's own admin area has one.
 * @param {Shop} shop
 * @returns {Hono<ShopEnv>}
 */
export function merchantRoutes({ orders, kessai }) {
  /** @type {Hono<ShopEnv>} */
  const app = new Hono();

  app.get('/', (c) => c.html(ordersPage(orders.list(), orders.products(), c.get('language'))));

  app.get('/orders/:id', async (c) => {
    const order = orders.find(c.req.param('id'));
    return order ? show(c, order) : notFound(c);
  });

  app.post('/orders/:id/check', async (c) => {
    const order = orders.find(c.req.param('id'));
    if (!order) return notFound(c);
    try {
      await kessai.order.apply({ orderId: order.id, check: true });
    } catch (error) {
      if (!(error instanceof KessaiError)) throw error;
      return show(c, order, error);
    }
    return c.redirect(`/merchant/orders/${order.id}`, 303);
  });

  app.post('/orders/:id/ship', (c) => {
    const id = c.req.param('id');
    orders.ship(id);
    return c.redirect(`/merchant/orders/${id}`, 303);
  });

  app.post('/orders/:id/alerts', (c) => {
    const id = c.req.param('id');
    orders.closeAlerts(id);
    return c.redirect(`/merchant/orders/${id}`, 303);
  });

  /**
   * @param {Context<ShopEnv>} c
   * @param {Order} order
   * @param {KessaiError} [problem]
   */
  async function show(c, order, problem) {
    const language = c.get('language');
    const { entries } = await kessai.order.timeline({ record: order.record, language });
    const page = merchantOrderPage(order, orders.items(order.id), orders.history(order.id), entries, problem, language);
    return c.html(page, problem ? 502 : 200);
  }

  return app;
}
