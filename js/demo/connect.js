import { createKessai, KessaiError } from 'kessai';

/** @import { Kessai } from 'kessai' */
/** @import { Language } from './catalog.js' */
/** @import { Connection } from './connection.js' */

/**
 * @typedef {Awaited<ReturnType<Kessai['btcpay']['checkConnection']>>} Checked
 * @typedef {Awaited<ReturnType<Kessai['doctor']['run']>>} Diagnosis
 * @typedef {{session: string, language: Language}} Admin `session` is known to this admin's browser and nobody else
 */

/** Asked of a server before the merchant is sent there: no server knows it. */
const nobodysKey = '0'.repeat(40);

/**
 * How a shop is connected to a store of BTCPay Server, step by step. Each step can be taken again, and one that fails leaves
 * everything as it was. All of them throw a KessaiError.
 */
export class Connect {
  /**
   * @param {object} parts
   * @param {Connection} parts.connection
   * @param {(language: Language) => Kessai} parts.kessaiIn with the settings of now
   * @param {string} parts.webhookUrl
   */
  constructor({ connection, kessaiIn, webhookUrl }) {
    this.connection = connection;
    this.webhookUrl = webhookUrl;
    this.kessaiIn = kessaiIn;
  }

  /**
   * Step 1. The merchant typed the server's address.
   * @param {{serverUrl: string, applicationName: string, callbackUrl: string}} asked
   * @param {Admin} admin
   * @returns {Promise<string>} where to send the merchant
   */
  async start(asked, { session, language }) {
    const application = { ...asked, applicationIdentifier: 'kessai-demo' };
    const { url, connection } = await this.kessaiIn(language).btcpay.authorizeUrl({
      ...application,
      session,
      language,
    });
    // The merchant would stand before an error of the browser, without a remedy, if nobody were there. That the key is refused
    // is as it must be, and nothing for the log.
    const { btcpay } = createKessai({ logger: {} });
    await btcpay.checkConnection({ serverUrl: asked.serverUrl, apiKey: nobodysKey, language }).catch((error) => {
      if (error.code !== 'btcpay.unauthorized') throw error;
    });
    this.connection.begin({ connection });
    return url;
  }

  /**
   * Step 2. A form came across sites, without a session. Nothing but the key is kept, and that only where it was asked for.
   * @param {Uint8Array} form
   * @param {{state: string | undefined, language: Language}} query
   */
  async take(form, { state = '', language }) {
    const { attempt } = this.connection;
    const given = attempt && 'connection' in attempt ? attempt.connection : null;
    const { btcpay } = this.kessaiIn(language);
    const { connection } = await btcpay.readAuthorization({ connection: given, state, language }, form);
    this.connection.begin({ connection });
  }

  /**
   * Steps 1 and 2 by hand.
   * @param {{serverUrl: string, apiKey: string, storeId: string}} typed
   * @param {Admin} admin
   */
  async paste(typed, { session, language }) {
    const apiKey = typed.apiKey.trim();
    const checked = await this.kessaiIn(language).btcpay.checkConnection({ ...typed, apiKey, language });
    this.connection.paste({ ...checked, apiKey }, session);
  }

  /** @param {Admin} admin @returns {Promise<'key' | 'server' | undefined>} what the admin has begun: a key waits, or the server is to send one */
  async begun({ session, language }) {
    try {
      const opened = await this.connection.open(this.kessaiIn(language), session, language);
      return opened && (opened.apiKey ? 'key' : 'server');
    } catch (error) {
      if (error instanceof KessaiError) return undefined;
      throw error;
    }
  }

  /**
   * Step 3. What the admin looks at before anything is saved.
   * @param {Admin} admin
   * @returns {Promise<Checked | undefined>} undefined where no key waits for them
   */
  async review(admin) {
    return (await this.#look(admin))?.checked;
  }

  /** @param {Admin} admin */
  async #look({ session, language }) {
    const kessai = this.kessaiIn(language);
    const opened = await this.connection.open(kessai, session, language);
    if (!opened?.apiKey) return undefined;
    const { attempt, serverUrl, apiKey, storeId } = opened;
    return { attempt, apiKey, checked: await kessai.btcpay.checkConnection({ serverUrl, apiKey, storeId, language }) };
  }

  /**
   * Step 4, the admin's click.
   * @param {{serverUrl: string, storeId: string}} seen what the admin looked at
   * @param {Admin} admin
   * @returns {Promise<boolean>} false where that is not what waits: nothing is saved
   */
  async save(seen, admin) {
    const found = await this.#look(admin);
    if (found?.checked.serverUrl !== seen.serverUrl || found.checked.storeId !== seen.storeId) return false;
    return this.connection.settle({ ...found.checked, apiKey: found.apiKey }, found.attempt);
  }

  /** Instead of step 4: the key is forgotten. @param {Admin} admin */
  async discard(admin) {
    if (await this.begun(admin)) this.connection.discard();
  }

  /**
   * Step 5, and the mend for a webhook in which anything is wrong.
   * @param {Language} language
   * @param {boolean} [moved] the merchant's word that the shop has moved to this address
   */
  async registerWebhook(language, moved = false) {
    const { kept } = this.connection;
    const wanted = { url: this.webhookUrl, webhookId: kept?.webhook?.id, moved };
    const { webhookId: id, url, events } = await this.kessaiIn(language).btcpay.registerWebhook(wanted);
    this.connection.setWebhook({ id, url, events });
  }

  /** @param {Language} language */
  async separate(language) {
    this.connection.separate();
    await this.registerWebhook(language);
  }

  /** @param {Language} language */
  async deleteWebhook(language) {
    await this.kessaiIn(language).btcpay.deleteWebhook({ url: this.webhookUrl });
    this.connection.setWebhook(undefined);
  }

  /**
   * @param {Language} language
   * @returns {Promise<KessaiError | undefined>} why the webhook is still there: a server that is gone holds nobody
   */
  async disconnect(language) {
    /** @type {KessaiError | undefined} */
    let left;
    await this.deleteWebhook(language).catch((error) => {
      if (!(error instanceof KessaiError)) throw error;
      left = error;
    });
    this.connection.forget();
    return left;
  }

  /** @param {Language} language @returns {Promise<Diagnosis>} */
  diagnose(language) {
    const { kept } = this.connection;
    const asked = { callbackUrl: this.webhookUrl, webhookId: kept?.webhook?.id, language };
    return this.kessaiIn(language).doctor.run(asked);
  }
}
