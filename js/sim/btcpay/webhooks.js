import { isLoopback } from '../../screen.js';
import { randomId } from './base58.js';
import { invalid } from './errors.js';
import { Fields } from './fields.js';

/**
 * @typedef {object} Webhook
 * @property {string} id
 * @property {string} storeId
 * @property {string} url
 * @property {boolean} enabled
 * @property {boolean} automaticRedelivery
 * @property {{ everything: boolean, specificEvents: string[] }} authorizedEvents
 * @property {string} secret
 */

/** The webhooks of every store. */
export class Webhooks {
  /** @type {Map<string, Webhook>} */
  #webhooks;
  #journal;
  #behaviour;

  /**
   * @param {import('../journal.js').Journal} journal
   * @param {import('./versions.js').Behaviour} behaviour
   */
  constructor(journal, behaviour) {
    this.#behaviour = behaviour;
    this.#journal = journal;
    this.#webhooks = journal.load('webhook');
  }

  /** @param {string | undefined} id */
  find(id) {
    return this.#webhooks.get(id ?? '');
  }

  /** @param {string} storeId */
  of(storeId) {
    return [...this.#webhooks.values()].filter((webhook) => webhook.storeId === storeId);
  }

  /**
   * @param {string} storeId
   * @param {Record<string, unknown>} body
   * @returns {Webhook}
   * @throws {import('./errors.js').ApiError} 422
   */
  create(storeId, body) {
    const request = readWebhookRequest(body);
    return this.#put({ ...request, id: randomId(), storeId, secret: request.secret || randomId() });
  }

  /**
   * Replaces all of a webhook but its secret, which an empty one leaves as it is; before 1.6.4 it took the secret away,
   * and deliveries were signed with an empty one.
   * @param {Webhook} webhook
   * @param {Record<string, unknown>} body
   * @returns {Webhook}
   * @throws {import('./errors.js').ApiError} 422
   */
  replace({ id, storeId, secret }, body) {
    const request = readWebhookRequest(body);
    const kept = this.#behaviour.emptySecretKeepsSecret ? secret : '';
    return this.#put({ ...request, id, storeId, secret: request.secret || kept });
  }

  /** @param {Webhook} webhook */
  delete({ id }) {
    this.#webhooks.delete(id);
    this.#journal.put('webhook', id, null);
  }

  /** @param {Webhook} webhook */
  #put(webhook) {
    this.#webhooks.set(webhook.id, webhook);
    this.#journal.put('webhook', webhook.id, webhook);
    return webhook;
  }
}

/**
 * @param {Webhook} webhook
 * @param {string} type
 */
export const subscribes = ({ enabled, authorizedEvents: { everything, specificEvents } }, type) =>
  enabled && (everything || specificEvents.includes(type));

/** @param {Record<string, unknown>} body */
function readWebhookRequest(body) {
  const fields = new Fields(body, []);
  const events = fields.within('authorizedEvents');
  const request = {
    url: fields.text('url') ?? '',
    secret: fields.text('secret') ?? '',
    enabled: fields.bool('enabled') ?? true,
    automaticRedelivery: fields.bool('automaticRedelivery') ?? true,
    authorizedEvents: {
      everything: events.bool('everything') ?? true,
      specificEvents: (events.texts('specificEvents') ?? []).flatMap((name) => name ?? []),
    },
  };
  if (fields.problems.length > 0) throw invalid(fields.problems);
  if (!URL.canParse(request.url)) throw invalid([{ path: 'Url', message: 'Invalid Url' }]);
  if (!isAllowed(request.url)) {
    const message = 'This is a simulator: it delivers webhooks to http(s) on localhost, 127.0.0.1 or [::1] only.';
    throw invalid([{ path: 'Url', message }]);
  }
  return request;
}

/**
 * @param {string | URL} url
 * @returns {boolean} whether a simulator may send there
 */
export function isAllowed(url) {
  const { protocol, hostname } = new URL(url);
  return isLoopback(hostname) && (protocol === 'http:' || protocol === 'https:');
}
