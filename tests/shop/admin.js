/** What a merchant clicks in the admin of a real OpenCart. */
import assert from 'node:assert/strict';
import { connect } from './environment.js';

/** What OpenCart calls the extension. */
export const CODE = 'kessai_btcpay';

/**
 * @param {import('playwright-core').Page} page
 * @param {import('./environment.js').Environment} shop
 * @param {3 | 4} major
 */
export async function openAdmin(page, shop, major) {
  await page.goto(`${shop.adminUrl}index.php?route=common/login`);
  await page.fill('#input-username', shop.user);
  await page.fill('#input-password', shop.password);
  await Promise.all([page.waitForURL(/user_token/), page.click('button[type=submit]')]);
  const token = new URL(page.url()).searchParams.get('user_token') ?? '';
  const separator = major === 4 ? '.' : '/';
  const own = major === 4 ? `extension/${CODE}/payment/${CODE}` : `extension/payment/${CODE}`;

  /** @param {string} route @param {Record<string, string>} [query] */
  const open = (route, query = {}) =>
    page.goto(`${shop.adminUrl}index.php?${new URLSearchParams({ route, user_token: token, ...query })}`);

  /** A route that only answers. @param {string} route @param {Record<string, string>} query */
  const call = async (route, query) => {
    const url = `${shop.adminUrl}index.php?${new URLSearchParams({ route, user_token: token, ...query })}`;
    return (await page.request.get(url)).text();
  };

  /** By the page on which a merchant does it: the file is chosen, and OpenCart takes it apart. @param {string} zip */
  async function upload(zip) {
    await open('marketplace/installer');
    const chooser = page.waitForEvent('filechooser');
    await page.click('#button-upload');
    await (await chooser).setFiles(zip);
    if (major === 4) {
      await page.locator('.alert-success').first().waitFor();
      const row = page.locator('#extension tbody tr', { hasText: 'kessai' });
      await row.locator('.btn-success').click();
    }
    const ended = ['bg-success', 'bg-danger', 'progress-bar-success', 'progress-bar-danger'];
    await page.locator(ended.map((look) => `#progress-bar.${look}`).join(', ')).waitFor({ state: 'attached' });
    assert.equal(
      await page.locator('#progress-text .text-danger').count(),
      0,
      await page.locator('#progress-text').innerText(),
    );
  }

  /** The list of payment methods, and in it this one's row. */
  async function list() {
    await open('marketplace/extension');
    const type = page.locator('select[name=type] option[value*="extension/payment"]');
    await page.selectOption('select[name=type]', (await type.getAttribute('value')) ?? '');
    const row = page.locator(`#extension tr:has(a[href*="${CODE}"])`).first();
    await row.waitFor();
    return row;
  }

  async function install() {
    // PHP looks for changes of a file every two seconds, and those of an earlier run may be in its memory.
    await page.waitForTimeout(3000);
    const row = await list();
    await row.locator('.btn-success').click();
    await page.locator(`#extension tr:has(a[href*="${CODE}"]) .btn-danger`).first().waitFor();
  }

  /** As a merchant does who has had enough, and then the files. */
  async function uninstall() {
    const row = await list();
    await row.locator('.btn-danger').click();
    await page.locator(`#extension tr:has(a[href*="${CODE}"]) .btn-success`).first().waitFor();
    await removeFiles();
  }

  /** What an earlier run left. */
  async function clean() {
    const db = await connect(shop);
    const [installed] = /** @type {any} */ (
      await db.query("SELECT 1 FROM oc_extension WHERE type = 'payment' AND code = ?", [CODE])
    );
    if (installed.length > 0) {
      if (major === 4) await call(`extension/payment.uninstall`, { extension: CODE, code: CODE });
      else await call('extension/extension/payment/uninstall', { extension: CODE });
    }
    await db.end();
    await removeFiles();
    const again = await connect(shop);
    const [tables] = /** @type {any} */ (await again.query("SHOW TABLES LIKE 'oc\\_kessai\\_%'"));
    for (const table of tables) await again.query(`DROP TABLE \`${Object.values(table)[0]}\``);
    await again.end();
  }

  async function removeFiles() {
    const db = await connect(shop);
    const where = major === 4 ? `code = '${CODE}'` : "filename LIKE 'kessai%'";
    const [rows] = /** @type {any} */ (
      await db.query(`SELECT extension_install_id AS id FROM oc_extension_install WHERE ${where}`)
    );
    await db.end();
    for (const { id } of rows) {
      const query = { extension_install_id: String(id) };
      if (major === 3) await call('marketplace/install/uninstall', query);
      for (
        let next = major === 4 ? await call('marketplace/installer.uninstall', query) : '';
        next.includes('"next"');
      ) {
        const { next: url } = JSON.parse(next);
        next = await (await page.request.get(String(url).replaceAll('&amp;', '&'))).text();
      }
      if (major === 4) await call('marketplace/installer.delete', query);
    }
  }

  const settings = {
    open: async () => {
      await open(own);
      await page.locator('#kessai').waitFor();
      await settings.done();
    },
    /** @param {string} name */
    tab: async (name) => {
      await page.click(`.nav-tabs a[href="#kessai-tab-${name}"]`);
      await page.locator(`#kessai-tab-${name}.active`).waitFor();
    },
    /** Until what was pressed has been done. */
    done: async () => {
      await page.waitForTimeout(300);
      await page.waitForFunction("document.getElementById('kessai').style.cursor === ''", undefined, {
        timeout: 60_000,
      });
      await page.waitForTimeout(300);
    },
    save: async () => {
      await page.click('.page-header button[type=submit]');
      await settings.done();
    },
    said: async () => (await page.locator('[data-said]').innerText()).trim(),
    /** What is wrong, by the field's name. */
    wrong: async () => {
      const all = await page
        .locator('[data-wrong]')
        .evaluateAll((places) =>
          places.map((place) => [place.getAttribute('data-wrong') ?? '', place.textContent ?? '']),
        );
      return Object.fromEntries(all.filter(([, text]) => text));
    },
  };

  /** An order's page, with the extension's tab open. @param {string} orderId */
  async function openOrder(orderId) {
    await open(`sale/order${separator}info`, { order_id: orderId });
    await page.locator('.nav-tabs a', { hasText: 'Bitcoin' }).click();
    await page.locator('[data-kessai-desk] [data-statement] table').first().waitFor();
  }

  return { open, upload, install, uninstall, clean, settings, openOrder };
}
