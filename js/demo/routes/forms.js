import { messagePage } from '../pages/layout.js';

/** @import { Context } from 'hono' */
/** @import { ShopEnv } from '../app.js' */

/**
 * A posted form; a missing field, or a file in its place, is empty text.
 * @template {string} Name
 * @param {Context<ShopEnv>} c
 * @param {Name[]} names
 * @returns {Promise<Record<Name, string>>}
 */
export async function textForm(c, ...names) {
  const body = await c.req.parseBody();
  const text = (/** @type {Name} */ name) => (typeof body[name] === 'string' ? body[name] : '');
  return /** @type {Record<Name, string>} */ (Object.fromEntries(names.map((name) => [name, text(name)])));
}

/** @param {Context<ShopEnv>} c */
export function notFound(c) {
  const view = c.get('view');
  return c.html(messagePage(view, view.t.notFound), 404);
}
