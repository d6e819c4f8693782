import { readdirSync, readFileSync } from 'node:fs';
import { Hono } from 'hono';
import { bodyLimit } from 'hono/body-limit';
import { csrf } from 'hono/csrf';
import { HTTPException } from 'hono/http-exception';
import { languageDetector } from 'hono/language';
import { secureHeaders } from 'hono/secure-headers';
import { webhookHandler } from 'kessai';
import { readCart } from './cart.js';
import { messagePage } from './pages/layout.js';
import { callbackPath, callbackRoute, connectionRoutes } from './routes/connection.js';
import { notFound } from './routes/forms.js';
import { merchantRoutes } from './routes/merchant.js';
import { orderRoutes } from './routes/order.js';
import { storefrontRoutes } from './routes/storefront.js';
import { texts } from './texts.js';

/** @import { Context } from 'hono' */
/** @import { Kessai } from 'kessai' */
/** @import { Language } from './catalog.js' */
/** @import { Admin, Connect } from './connect.js' */
/** @import { Orders } from './orders.js' */
/** @import { View } from './pages/layout.js' */

/**
 * @typedef {{
 *   orders: Orders, kessai: Kessai, connect: Connect, url: string, serverUrl: string | undefined, suggested: string,
 *   log: (line: string) => void,
 * }} Shop `url` is the shop's own, as customers and the payment server reach it; `serverUrl` is where customers pay, undefined
 *   while the shop is not connected; `suggested` is an address to connect to
 * @typedef {{Variables: {language: Language, view: View, admin: Admin}}} ShopEnv `admin`: on the page of the connection alone
 */

/** The path of the webhook: no session, no form token, and nothing before it that reads the body. */
export const webhookPath = '/webhooks/btcpay';

/**
 * The shop's web pages, as a fetch handler.
 * @param {Shop} shop
 * @returns {Hono<ShopEnv>}
 */
export function createApp(shop) {
  const { serverUrl } = shop;
  const payOrigins = serverUrl ? [new URL(serverUrl).origin] : [];
  /** @type {Hono<ShopEnv>} */
  const app = new Hono();

  // Keeps a foreign page from reaching this shop through a name that it makes resolve to loopback.
  const { host, port } = new URL(shop.url);
  const hosts = [host, `localhost:${port}`];
  app.use(async (c, next) => (hosts.includes(c.req.header('host') ?? '') ? next() : c.text('Wrong host.', 421)));

  const handleWebhook = webhookHandler(shop.kessai);
  app.post(webhookPath, (c) => handleWebhook(c.req.raw));

  app.use(
    secureHeaders({
      contentSecurityPolicy: {
        defaultSrc: ["'none'"],
        imgSrc: ["'self'"],
        styleSrc: ["'self'"],
        // The payment window: its machine, and the payment server's script and page.
        scriptSrc: ["'self'", "'wasm-unsafe-eval'", ...(serverUrl ? [`${serverUrl}/modal/btcpay.js`] : [])],
        frameSrc: payOrigins,
        connectSrc: ["'self'"],
        // The order form is answered with a redirect to the payment page, and browsers hold redirects to this list too.
        formAction: ["'self'", ...payOrigins],
        baseUri: ["'none'"],
        frameAncestors: ["'none'"],
      },
      // The order's key is in its address.
      referrerPolicy: 'no-referrer',
      strictTransportSecurity: false,
    }),
  );
  app.use(bodyLimit({ maxSize: 16 * 1024 }));
  app.use(
    languageDetector({
      supportedLanguages: ['en', 'ja'],
      fallbackLanguage: 'en',
      lookupQueryString: 'lang',
      lookupCookie: 'lang',
      cookieOptions: { sameSite: 'Lax', httpOnly: true, secure: false },
    }),
  );

  app.use((c, next) => {
    c.set('view', viewOf(shop, c.get('language'), c));
    return next();
  });

  // Comes across sites, and so is exempt from what follows.
  app.post(callbackPath, callbackRoute(shop));
  app.use(csrf());

  for (const [path, { type, text }] of assets()) app.get(path, (c) => c.body(text, 200, { 'content-type': type }));
  app.route('/', storefrontRoutes(shop));
  app.route('/orders', orderRoutes(shop));
  app.route('/merchant', merchantRoutes(shop));
  app.route('/merchant/connection', connectionRoutes(shop));

  app.notFound(notFound);
  app.onError((error, c) => {
    if (error instanceof HTTPException) return error.getResponse();
    console.error(error);
    const view = viewOf(shop, c.get('language') ?? 'en', c);
    return c.html(messagePage(view, view.t.failed), 500);
  });
  return app;
}

/**
 * @param {Shop} shop
 * @param {Language} language
 * @param {Context} c
 * @returns {View}
 */
function viewOf({ serverUrl }, language, c) {
  const inCart = [...readCart(c).values()].reduce((sum, quantity) => sum + quantity, 0);
  return { language, t: texts[language], inCart, connected: serverUrl !== undefined };
}

const types = /** @type {Record<string, string>} */ ({
  css: 'text/css; charset=utf-8',
  js: 'text/javascript; charset=utf-8',
  svg: 'image/svg+xml',
});

/** @returns {[path: string, file: {type: string, text: string}][]} */
function assets() {
  const folder = new URL('./assets/', import.meta.url);
  const own = readdirSync(folder).map((name) => [`/assets/${name}`, new URL(name, folder)]);
  const modal = ['/kessai.js', new URL(import.meta.resolve('kessai/pkg/browser/kessai.js'))];
  return /** @type {[string, URL][]} */ ([...own, modal]).map(([path, file]) => {
    const type = types[path.split('.').at(-1) ?? ''] ?? 'application/octet-stream';
    return [path, { type, text: readFileSync(file, 'utf8') }];
  });
}
