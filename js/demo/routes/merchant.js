import { Hono } from 'hono';
import { KessaiError } from 'kessai';
import { accounting } from '../accounting.js';
import { messagePage } from '../pages/layout.js';
import { merchantOrderPage, ordersPage } from '../pages/merchant.js';
import { cancelOrder, errorLanguage } from '../payments.js';
import { readRefund, refundsOf } from '../refunds.js';
import { notFound, textForm } from './forms.js';

/** @import { Context } from 'hono' */
/** @import { Order } from '../orders.js' */
/** @import { View } from '../pages/layout.js' */
/** @import { RefundForm } from '../refunds.js' */
/** @import { Shop, ShopEnv } from '../app.js' */

/**
 * What the merchant sees. The demo listens on loopback and has no login; your shop's own admin area has one.
 * @param {Shop} shop
 * @returns {Hono<ShopEnv>}
 */
export function merchantRoutes({ orders, kessai, connect }) {
  /** @type {Hono<ShopEnv>} */
  const app = new Hono();

  app.get('/', async (c) => {
    const view = c.get('view');
    const listed = orders.list().map(async (order) => {
      const open = order.attention === 1 || (order.goods === 'release' && order.shipped === 0);
      return { order, ...(open ? await historyOf(order, view) : { entries: [], alerts: [] }) };
    });
    const ready = connect.connection.kept?.webhook !== undefined;
    return c.html(ordersPage(view, await Promise.all(listed), { products: orders.products(), ready }));
  });

  app.get('/accounting.csv', async (c) => {
    const view = c.get('view');
    try {
      return c.body(await accounting(kessai, orders, view.language), 200, {
        'content-type': 'text/csv; charset=utf-8',
        'content-disposition': 'attachment; filename="accounting.csv"',
      });
    } catch (error) {
      if (!(error instanceof KessaiError)) throw error;
      return c.html(messagePage(view, tell(view, error)), 503);
    }
  });

  app.get('/orders/:id', async (c) => {
    const order = orders.find(c.req.param('id'));
    return order ? show(c, order) : notFound(c);
  });

  app.post('/orders/:id/check', (c) => act(c, ({ id: orderId }) => kessai.order.apply({ orderId, check: true })));

  app.post('/orders/:id/cancel', (c) => act(c, ({ id }) => cancelOrder(kessai, orders, id)));

  app.post('/orders/:id/ship', (c) => act(c, async ({ id }) => orders.ship(id)));

  app.post('/orders/:id/takeBack', (c) => act(c, ({ id: orderId }) => kessai.order.apply({ orderId, takeBack: true })));

  app.post('/orders/:id/refund', async (c) => {
    const form = await textForm(c, 'key', 'kind', 'amount', 'invoice');
    const wanted = readRefund(form);
    if (wanted) return act(c, ({ id: orderId }) => kessai.btcpay.refundInvoice({ orderId, ...wanted }), form);
    const order = orders.find(c.req.param('id'));
    return order ? show(c, order, { problem: c.get('view').t.refund.unclear, status: 422, form }) : notFound(c);
  });

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
    if (order.attention === 1 && history.alerts.length === 0) orders.seenTo(order);
    return history;
  }

  /**
   * @param {Context<ShopEnv>} c
   * @param {(order: Order) => Promise<unknown>} work
   * @param {RefundForm} [form] shown again where it was refused
   */
  async function act(c, work, form) {
    const id = c.req.param('id') ?? '';
    const order = orders.find(id);
    if (!order) return notFound(c);
    try {
      await work(order);
    } catch (error) {
      if (!(error instanceof KessaiError)) throw error;
      const status = /^(btcpay|gateway)\./.test(error.code) ? 502 : 422;
      return show(c, order, { problem: tell(c.get('view'), error), status, form });
    }
    return c.redirect(`/merchant/orders/${id}${form ? '#refunds' : ''}`, 303);
  }

  /**
   * kessai tells an error in the language of the settings. Its remedy can be had in any, but not the message, which names
   * what only the error knows.
   * @param {View} view
   * @param {KessaiError} error
   */
  function tell({ language, t }, { code, message, remedy }) {
    if (language === errorLanguage) return `${message} ${remedy}`;
    return `${t.notDone} ${kessai.call('error.tell', { code, language }).err?.remedy ?? code}`;
  }

  /**
   * @param {Context<ShopEnv>} c
   * @param {Order} order
   * @param {{problem?: string, status?: 200 | 422 | 502, form?: RefundForm | undefined}} [refused]
   */
  async function show(c, { id }, { status = 200, ...refused } = {}) {
    const view = c.get('view');
    const handsOff = await handsOffOf(id);
    const order = /** @type {Order} */ (orders.find(id));
    const history = await historyOf(order, view);
    const refunds = await refundsOf(kessai, order, history.entries);
    const refundKey = orders.refundKey(id, refunds.length);
    const known = { ...history, refunds, refundKey, handsOff };
    return c.html(merchantOrderPage(view, order, orders.items(id), known, refused), status);
  }

  /**
   * Why kessai leaves the order alone, if it does. Deciding anew asks the payment server only where the order is undecided.
   * @param {string} orderId
   */
  async function handsOffOf(orderId) {
    if (!orders.hasInvoice(orderId)) return undefined;
    try {
      return (await kessai.order.apply({ orderId })).handsOff;
    } catch (error) {
      if (!(error instanceof KessaiError)) throw error;
      return undefined;
    }
  }

  return app;
}
