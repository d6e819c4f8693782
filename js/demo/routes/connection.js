import { Hono } from 'hono';
import { getCookie, setCookie } from 'hono/cookie';
import { KessaiError } from 'kessai';
import { randomKey } from '../database.js';
import { checksPage } from '../pages/checks.js';
import { connectionPage, leadPage, reviewPage } from '../pages/connection.js';
import { textForm } from './forms.js';

/** @import { Context, Handler } from 'hono' */
/** @import { ContentfulStatusCode } from 'hono/utils/http-status' */
/** @import { Shop, ShopEnv } from '../app.js' */
/** @import { Admin } from '../connect.js' */
/** @import { Refused } from '../pages/connection.js' */

const home = '/merchant/connection';

/** Where the payment server's page sends the key, in a form, across sites. */
export const callbackPath = `${home}/authorized`;

const SESSION_SECONDS = 24 * 60 * 60;

/**
 * Parks a key. No cookie comes along (SameSite), so nobody is known here, and nothing but the key is kept. The answer is a
 * page that leads on: a redirect would still be a request across sites, to which the cookie does not go.
 * @param {Shop} shop
 * @returns {Handler<ShopEnv>}
 */
export function callbackRoute({ connect }) {
  return async (c) => {
    const view = c.get('view');
    const form = new Uint8Array(await c.req.arrayBuffer());
    try {
      await connect.take(form, { state: c.req.query('state'), language: view.language });
    } catch (error) {
      return c.html(leadPage(view, { title: view.t.connection.title, url: home, error: told(error) }), answerOf(error));
    }
    return c.html(leadPage(view, { title: view.t.connection.arrived, url: `${home}/review` }));
  };
}

/**
 * The admin's page, from an empty shop to one that can be paid.
 * @param {Shop} shop
 * @returns {Hono<ShopEnv>}
 */
export function connectionRoutes({ connect, suggested }) {
  /** @type {Hono<ShopEnv>} */
  const app = new Hono();

  app.use(async (c, next) => {
    c.set('admin', adminOf(c));
    await next();
    c.header('cache-control', 'no-store');
  });

  app.get('/', (c) => show(c));

  app.post('/start', async (c) => {
    const form = await textForm(c, 'serverUrl');
    const { t, language } = c.get('view');
    // The host under which the admin came: the cookie is this one's. The language too would stay behind with its cookie.
    const callbackUrl = `${new URL(c.req.url).origin}${callbackPath}?lang=${language}`;
    return attempt(c, { form }, async (admin) => {
      const url = await connect.start({ ...form, applicationName: t.shop, callbackUrl }, admin);
      // Not a redirect: the policy of the page with the form would have to allow every address there is.
      return c.html(leadPage(c.get('view'), { title: t.connection.leaving(new URL(url).host), url }));
    });
  });

  app.post('/paste', async (c) => {
    const form = await textForm(c, 'serverUrl', 'apiKey', 'storeId');
    return attempt(c, { form }, async (admin) => {
      await connect.paste(form, admin);
      return c.redirect(`${home}/review`, 303);
    });
  });

  app.get('/review', (c) =>
    attempt(c, {}, async (admin) => {
      const checked = await connect.review(admin);
      return checked ? c.html(reviewPage(c.get('view'), checked)) : c.redirect(home, 303);
    }),
  );

  app.post('/save', async (c) => {
    const seen = await textForm(c, 'serverUrl', 'storeId');
    return attempt(c, {}, async (admin) => {
      if (!(await connect.save(seen, admin))) return c.redirect(`${home}/review`, 303);
      return attempt(c, { before: c.get('view').t.connection.savedOnly }, async ({ language }) => {
        await connect.registerWebhook(language);
        return c.redirect(home, 303);
      });
    });
  });

  app.post('/discard', (c) =>
    attempt(c, {}, async (admin) => {
      await connect.discard(admin);
      return c.redirect(home, 303);
    }),
  );

  /** @type {Record<string, (language: Admin['language']) => Promise<void>>} */
  const webhookActs = {
    repair: (language) => connect.registerWebhook(language),
    moved: (language) => connect.registerWebhook(language, true),
    separate: (language) => connect.separate(language),
    delete: (language) => connect.deleteWebhook(language),
  };

  app.post('/webhook', async (c) => {
    const act = webhookActs[(await textForm(c, 'do')).do];
    if (!act) return c.redirect(home, 303);
    return attempt(c, {}, async ({ language }) => {
      await act(language);
      return c.redirect(home, 303);
    });
  });

  app.post('/disconnect', (c) =>
    attempt(c, {}, async ({ language }) => {
      const left = await connect.disconnect(language);
      const before = c.get('view').t.connection.webhookLeft;
      return left ? show(c, { error: left, before }) : c.redirect(home, 303);
    }),
  );

  app.get('/checks', async (c) => {
    const view = c.get('view');
    return view.connected ? c.html(checksPage(view, await connect.diagnose(view.language))) : c.redirect(home, 303);
  });

  /**
   * @param {Context<ShopEnv>} c
   * @param {Omit<Refused, 'error'>} refused
   * @param {(admin: Admin) => Promise<Response>} work
   */
  async function attempt(c, refused, work) {
    try {
      return await work(c.get('admin'));
    } catch (error) {
      return show(c, { ...refused, error: told(error) });
    }
  }

  /**
   * @param {Context<ShopEnv>} c
   * @param {Refused} [refused]
   */
  async function show(c, refused = {}) {
    const { kept, shopId } = connect.connection;
    // What was just saved or forgotten is newer than the app that answers.
    const view = { ...c.get('view'), connected: kept !== undefined };
    const begun = await connect.begun(c.get('admin'));
    const known = { kept, shopId, webhookUrl: connect.webhookUrl, suggested, begun };
    return c.html(connectionPage(view, known, refused), refused.error ? answerOf(refused.error) : 200);
  }

  return app;
}

/**
 * The demo has no login; what stands in its place is a secret of this browser's own.
 * @param {Context<ShopEnv>} c
 * @returns {Admin}
 */
function adminOf(c) {
  const { language } = c.get('view');
  const known = getCookie(c, 'merchant') ?? '';
  if (/^[\w-]{43}$/.test(known)) return { session: known, language };
  const session = randomKey();
  setCookie(c, 'merchant', session, { path: home, httpOnly: true, sameSite: 'Strict', maxAge: SESSION_SECONDS });
  return { session, language };
}

/**
 * @param {unknown} error
 * @returns {KessaiError}
 * @throws what is a fault of the shop
 */
function told(error) {
  if (error instanceof KessaiError) return error;
  throw error;
}

/** @param {unknown} error */
function answerOf(error) {
  const { code, answer } = /** @type {KessaiError} */ (error);
  if (/^(btcpay|gateway)\./.test(code)) return 502;
  return code.startsWith('config.') ? 422 : /** @type {ContentfulStatusCode} */ (answer);
}
