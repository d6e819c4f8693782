import { deliveryDocument, webhookDocument } from './documents.js';
import { deliveryNotFound, deliveryPruned, webhookNotFound } from './errors.js';
import { Raw } from './raw.js';

/** @typedef {import('./routes.js').Call} Call */

/** @param {Call} call */
export const list = ({ sim, store }) => sim.webhooks.of(store.id).map(webhookDocument);

/** @param {Call} call */
export async function create({ sim, store, body }) {
  const webhook = sim.webhooks.create(store.id, await body());
  return { ...webhookDocument(webhook), secret: webhook.secret };
}

/** @param {Call} call */
export const get = (call) => webhookDocument(webhookOf(call));

/** @param {Call} call */
export async function replace(call) {
  const webhook = webhookOf(call);
  return webhookDocument(call.sim.webhooks.replace(webhook, await call.body()));
}

/** @param {Call} call */
export function remove(call) {
  call.sim.webhooks.delete(webhookOf(call));
}

/** @param {Call} call */
export function deliveries(call) {
  const all = call.sim.deliveries.list(webhookOf(call).id);
  const count = call.query.has('count') ? Number(call.query.get('count')) : all.length;
  return all.slice(0, count).map((delivery) => deliveryDocument(delivery, call.sim.behaviour));
}

/** @param {Call} call */
export const delivery = (call) => deliveryDocument(deliveryOf(call), call.sim.behaviour);

/** @param {Call} call */
export const deliveryRequest = (call) => new Raw(keptDeliveryOf(call).request, 'application/json');

/** @param {Call} call */
export const redeliver = (call) => call.sim.deliveries.redeliver(keptDeliveryOf(call));

/** @param {Call} call */
function webhookOf({ sim, store, params }) {
  const webhook = sim.webhooks.find(params.webhookId);
  if (!webhook || webhook.storeId !== store.id) throw webhookNotFound();
  return webhook;
}

/** @param {Call} call */
function deliveryOf(call) {
  const found = call.sim.deliveries.find(call.params.deliveryId);
  if (!found || found.webhookId !== webhookOf(call).id) throw deliveryNotFound();
  return found;
}

/** @param {Call} call */
function keptDeliveryOf(call) {
  const found = deliveryOf(call);
  if (found.pruned) throw deliveryPruned();
  return found;
}
