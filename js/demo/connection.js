import { createHash } from 'node:crypto';
import { randomKey, transaction, unixNow } from './database.js';

/** @import { Kessai, KessaiError } from 'kessai' */
/** @import { Db } from './database.js' */

/**
 * @typedef {{serverUrl: string, apiKey: string, storeId: string}} Access
 * @typedef {{id: string, url: string, events: string[]}} Webhook as it was last registered
 * @typedef {{name: string, secret: string, until?: number}} WebhookSecret `until` in unix seconds
 * @typedef {Access & {storeName?: string | null | undefined, webhookSecrets: WebhookSecret[], webhook?: Webhook | undefined}} Connected
 * @typedef {{connection: string} | {pasted: Access & {session: string, until: number}}} Attempt kessai's text, or what the
 *   merchant pasted, with the hash of the session in which that was
 */

/** How long a key waits for its admin, however it came. */
const KEPT_SECONDS = 24 * 60 * 60;

/** How long messages are still taken that were signed with the secret of before. */
const FORMER_SECONDS = 24 * 60 * 60;

/** What the shop keeps of its payment server, and of an attempt to connect to one. Nothing here asks anybody. */
export class Connection {
  #db;

  /** @param {Db} db */
  constructor(db) {
    this.#db = db;
  }

  /** @returns {Connected | undefined} undefined while the shop is not connected */
  get kept() {
    return this.#read('btcpay');
  }

  /** Changes with whatever kessai is set up with. */
  get state() {
    return JSON.stringify([this.kept, this.shopId]);
  }

  /** Binds invoices to this shop, and not to one that was copied from it. */
  get shopId() {
    return /** @type {string} */ (this.#read('shopId') ?? 'tsubame');
  }

  /** @returns {Attempt | undefined} */
  get attempt() {
    return this.#read('attempt');
  }

  /** @param {Attempt} attempt takes the place of any earlier one */
  begin(attempt) {
    this.#write('attempt', attempt);
  }

  /**
   * @param {Access} access
   * @param {string} session
   */
  paste({ serverUrl, apiKey, storeId }, session) {
    const until = unixNow(this.#db) + KEPT_SECONDS;
    this.begin({ pasted: { serverUrl, apiKey, storeId, session: hashed(session), until } });
  }

  /**
   * The way in that waits for this admin to look at it; without a key where the server has not sent one yet.
   * @param {Kessai} kessai
   * @param {string} session
   * @param {string} language
   * @returns {Promise<{attempt: Attempt, serverUrl: string, apiKey?: string | null | undefined, storeId?: string} | undefined>}
   * @throws {KessaiError} `connect.session`, `connect.expired`
   */
  async open(kessai, session, language) {
    const { attempt } = this;
    if (!attempt) return undefined;
    if ('connection' in attempt) {
      return { attempt, ...(await kessai.btcpay.openAuthorization({ ...attempt, session, language })) };
    }
    const { session: by, until, ...access } = attempt.pasted;
    return by === hashed(session) && unixNow(this.#db) < until ? { attempt, ...access } : undefined;
  }

  discard() {
    this.#write('attempt', undefined);
  }

  /**
   * Makes what an attempt came to the shop's settings, once.
   * @param {Access & {storeName?: string | null | undefined}} found
   * @param {Attempt} attempt
   * @returns {boolean} false where this attempt is no longer the one: it was saved already, or another was begun
   */
  settle(found, attempt) {
    return transaction(this.#db, () => {
      if (JSON.stringify(this.attempt) !== JSON.stringify(attempt)) return false;
      this.connect(found);
      this.discard();
      return true;
    });
  }

  /** @param {Access & {storeName?: string | null | undefined}} found gets a new webhook secret */
  connect({ serverUrl, apiKey, storeId, storeName }) {
    const { kept } = this;
    const isSame = kept?.serverUrl === serverUrl && kept.storeId === storeId;
    // Until its webhook is registered anew, the server signs with the secret of before.
    const until = unixNow(this.#db) + FORMER_SECONDS;
    const former = isSame
      ? kept.webhookSecrets.slice(0, 1).map((secret) => ({ ...secret, name: 'former', until }))
      : [];
    const webhook = isSame ? kept.webhook : undefined;
    const webhookSecrets = [newSecret(), ...former];
    this.#write('btcpay', { serverUrl, apiKey, storeId, storeName, webhookSecrets, webhook });
  }

  /** @param {Webhook | undefined} webhook */
  setWebhook(webhook) {
    this.#write('btcpay', { ...this.kept, webhook });
  }

  /** Makes this shop one of its own, where it was copied from another: nothing that is signed for the one holds for the other. */
  separate() {
    transaction(this.#db, () => {
      this.#write('shopId', `tsubame-${randomKey().slice(0, 8)}`);
      this.#write('btcpay', { ...this.kept, webhookSecrets: [newSecret()], webhook: undefined });
    });
  }

  forget() {
    this.#write('btcpay', undefined);
  }

  /** @param {string} name */
  #read(name) {
    const row = /** @type {{value: string} | undefined} */ (
      this.#db.prepare('SELECT value FROM keys WHERE name = ?').get(name)
    );
    return row && JSON.parse(row.value);
  }

  /**
   * @param {string} name
   * @param {unknown} value undefined deletes
   */
  #write(name, value) {
    if (JSON.stringify(this.#read(name)) === JSON.stringify(value)) return;
    if (value === undefined) this.#db.prepare('DELETE FROM keys WHERE name = ?').run(name);
    else this.#db.prepare('REPLACE INTO keys (name, value) VALUES (?, ?)').run(name, JSON.stringify(value));
  }
}

/** @returns {WebhookSecret} */
function newSecret() {
  return { name: 'main', secret: randomKey() };
}

/** @param {string} text */
function hashed(text) {
  return createHash('sha256').update(text).digest('hex');
}
