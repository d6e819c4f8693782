import { Hono } from 'hono';
import { MOST, parseCart, readCart, saveCart, sectionsOf } from '../cart.js';
import { randomKey } from '../database.js';
import { cartPage, checkoutPage } from '../pages/cart.js';
import { productsPage } from '../pages/storefront.js';
import { notFound, textForm } from './forms.js';
import { pay } from './order.js';

/** @import { Shop, ShopEnv } from '../app.js' */

const nobody = { name: '', email: '', address: '' };

/**
 * Products, cart, checkout.
 * @param {Shop} shop
 * @returns {Hono<ShopEnv>}
 */
export function storefrontRoutes(shop) {
  const { orders } = shop;
  /** @type {Hono<ShopEnv>} */
  const app = new Hono();

  app.get('/', (c) => c.html(productsPage(c.get('view'), orders.products())));

  app.get('/cart', (c) => c.html(cartPage(c.get('view'), sectionsOf(readCart(c), orders.products()))));

  app.post('/cart', async (c) => {
    const { product } = await textForm(c, 'product');
    if (!orders.product(product)) return notFound(c);
    const cart = readCart(c);
    saveCart(c, cart.set(product, Math.min((cart.get(product) ?? 0) + 1, MOST)));
    return c.redirect('/cart', 303);
  });

  app.post('/cart/:product', async (c) => {
    const { quantity } = await textForm(c, 'quantity');
    const cart = readCart(c);
    cart.delete(c.req.param('product'));
    // Read back, so that what is no quantity, such as 0, is left out.
    saveCart(c, new Map([...cart, ...parseCart(`${c.req.param('product')}.${quantity}`)]));
    return c.redirect('/cart', 303);
  });

  // What is ordered stands in the address and in the form, not in the cart, which can change in another window meanwhile.
  app.get('/checkout', (c) => {
    const [section, another] = sectionsOf(parseCart(c.req.query('items') ?? ''), orders.products());
    if (!section || another || !c.get('view').connected) return c.redirect('/cart', 303);
    return c.html(checkoutPage(c.get('view'), section, { key: randomKey(), customer: nobody }));
  });

  app.post('/orders', async (c) => {
    const { items, key, where, ...customer } = await textForm(c, 'items', 'key', 'where', 'name', 'email', 'address');
    const view = c.get('view');
    const cart = parseCart(items);
    const [section] = sectionsOf(cart, orders.products());
    if (!section || !/^[\w-]{43}$/.test(key)) return notFound(c);
    const again = (/** @type {string} */ problem) => checkoutPage(view, section, { key, customer, problem });
    if (!customer.name.trim() || !customer.address.trim()) return c.html(again(view.t.incomplete), 422);
    if (!/^[^\s@]+@[^\s@]+$/.test(customer.email)) return c.html(again(view.t.noEmail), 422);
    // An order that cannot be paid would only hold back its goods.
    if (!view.connected) return c.html(again(view.t.notReady), 503);
    const order = orders.place({ key, cart, customer, language: view.language });
    if (!order) return c.html(again(view.t.notEnough), 409);
    saveCart(c, new Map([...readCart(c)].filter(([id]) => !cart.has(id))));
    return where === 'here' ? c.redirect(`/orders/${order.id}/pay?key=${key}`, 303) : pay(shop, c, order);
  });

  return app;
}
