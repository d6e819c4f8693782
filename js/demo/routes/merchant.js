import { Hono } from 'hono';
import { KessaiError } from 'kessai';
import { accounting } from '../accounting.js';
import { merchantOrderPage, ordersPage } from '../pages/merchant.js';
import { cancelOrder } from '../payments.js';
import { notFound } from './forms.js';

/** @import { Context } from 'hono' */
/** @import { Order } from '../orders.js' */
/** @import { View } from '../pages/layout.js' */
/** @import { Shop, ShopEnv } from '../app.js' */

/**
 * What the merchant sees. The demo listens on loopback and has no login; your shop's own admin area has one.
 * @param {Shop} shop
 * @returns {Hono<ShopEnv>}
 */
export function merchantRoutes({ orders, kessai }) {
  /** @type {Hono<ShopEnv>} */
  const app = new Hono();

  app.get('/', async (c) => {
    const view = c.get('view');
    const listed = orders.list().map(async (order) => {
      const { alerts } = order.attention === 1 ? await historyOf(order, view) : { alerts: [] };
      return { order, alerts };
    });
    return c.html(ordersPage(view, await Promise.all(listed), orders.products()));
  });

  app.get('/accounting.csv', async (c) => {
    const text = await accounting(kessai, orders, c.get('language'));
    return c.body(text, 200, {
      'content-type': 'text/csv; charset=utf-8',
      'content-disposition': 'attachment; filename="accounting.csv"',
    });
  });

  app.get('/orders/:id', async (c) => {
    const order = orders.find(c.req.param('id'));
    return order ? show(c, order) : notFound(c);
  });

  app.post('/orders/:id/check', (c) => act(c, ({ id: orderId }) => kessai.order.apply({ orderId, check: true })));

  app.post('/orders/:id/cancel', (c) => act(c, ({ id }) => cancelOrder(kessai, orders, id)));

  app.post('/orders/:id/ship', (c) => act(c, async ({ id }) => orders.ship(id)));

  // Only the alerts that were on the page: another may have come meanwhile.
  app.post('/orders/:id/acknowledge', async (c) => {
    const { alert = [] } = await c.req.parseBody({ all: true });
    const keys = [alert].flat().map(String);
    return act(c, ({ id: orderId }) => kessai.order.acknowledge({ orderId, keys }));
  });

  /**
   * @param {Order} order
   * @param {View} view
   */
  async function historyOf(order, { language }) {
    const history = await kessai.order.timeline({ record: order.record, language });
    if (history.alerts.length === 0) orders.seenTo(order);
    return history;
  }

  /**
   * @param {Context<ShopEnv>} c
   * @param {(order: Order) => Promise<unknown>} work
   */
  async function act(c, work) {
    const id = c.req.param('id') ?? '';
    const order = orders.find(id);
    if (!order) return notFound(c);
    try {
      await work(order);
    } catch (error) {
      if (!(error instanceof KessaiError)) throw error;
      return show(c, orders.find(id) ?? order, error.code);
    }
    return c.redirect(`/merchant/orders/${id}`, 303);
  }

  /**
   * @param {Context<ShopEnv>} c
   * @param {Order} order
   * @param {string} [code] of kessai's error
   */
  async function show(c, order, code) {
    const view = c.get('view');
    const { language, t } = view;
    // An error is told in the shop's language; its remedy can be had in the reader's.
    const problem = code && `${t.serverFailed} ${kessai.call('error.tell', { code, language }).err?.remedy ?? code}`;
    const history = await historyOf(order, view);
    return c.html(merchantOrderPage(view, order, orders.items(order.id), history, problem), problem ? 502 : 200);
  }

  return app;
}
