/** Holds what is sent and answered to the shapes of BTCPay Server's API description. */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { Ajv } from 'ajv';
import * as differences from './differences.js';

/** What releases before it answer has other names (BTCPay Server's issue 5964) and is not described here. */
const OLDEST = '2.0.0';

const described = JSON.parse(readFileSync(new URL('greenfield.json', import.meta.url), 'utf8'));
for (const { shape, member, is } of differences.members) described.definitions[shape].properties[member] = is;
Object.assign(described.routes, differences.routes);
for (const { type, beside } of differences.webhooks) {
  const { WebhookInvoiceEvent: event } = described.definitions;
  described.webhooks[type] = written({ ...event, properties: { ...event.properties, ...beside } });
}

/** @typedef {import('ajv').AnySchemaObject} Shape */

/** @type {Map<string, Ajv>} one for requests, whose members are all optional, and one for each release */
const validators = new Map();

/**
 * @param {string} release `requests`, or the release whose answers are read
 * @returns {Ajv}
 */
function validatorOf(release) {
  const known = validators.get(release);
  if (known) return known;
  const ajv = new Ajv({ allErrors: true, strict: true, allowUnionTypes: true });
  ajv.addFormat('decimal', /^-?\d+(\.\d+)?$/);
  ajv.addFormat('uri', { validate: URL.canParse });
  validators.set(release, ajv);
  const definitions = Object.entries(described.definitions).map(([name, shape]) => [
    name,
    release === 'requests' ? shape : written(shape, missing(name, release)),
  ]);
  ajv.addSchema({ definitions: Object.fromEntries(definitions) }, 'greenfield');
  return ajv;
}

/**
 * The members that an answer of a release may be without.
 * @param {string} name of the shape
 * @param {string} release
 */
function missing(name, release) {
  const newer = differences.since.filter((entry) => isBefore(release, entry.release));
  return [...differences.optional, ...newer].filter(({ shape }) => shape === name).map(({ member }) => member);
}

/**
 * The shape of a document whose members are all written: the server leaves none out, and the description names none as
 * required.
 * @param {any} shape
 * @param {string[]} [optional]
 * @returns {any}
 */
function written(shape, optional = []) {
  if (shape === null || typeof shape !== 'object') return shape;
  if (Array.isArray(shape)) return shape.map((one) => written(one));
  const inner = Object.fromEntries(Object.entries(shape).map(([name, part]) => [name, written(part)]));
  if (!shape.properties) return inner;
  return { ...inner, required: Object.keys(shape.properties).filter((name) => !optional.includes(name)) };
}

/**
 * @param {string} release
 * @param {string} other
 */
function isBefore(release, other) {
  return release.localeCompare(other, 'en', { numeric: true }) < 0;
}

/**
 * @param {string} what
 * @param {Ajv} ajv
 * @param {Shape} shape
 * @param {unknown} document
 * @throws {assert.AssertionError}
 */
function compare(what, ajv, shape, document) {
  const text = JSON.stringify(shape).replaceAll('"#/', '"greenfield#/');
  if (ajv.validate(JSON.parse(text), document)) return;
  assert.fail(`${what} is not of its shape: ${ajv.errorsText(ajv.errors, { dataVar: '' })}`);
}

/**
 * The route as the description writes it. What belongs to an invoice, a webhook, a pull payment
 * or a payout stands there without its store.
 * @param {string} method
 * @param {string} path below /api/v1, with or without a query
 * @returns {string | undefined}
 */
export function routeOf(method, path) {
  const [bare = ''] = path.split('?');
  const item = bare.replace(/^\/stores\/[^/]+(?=\/(invoices|webhooks|pull-payments|payouts)\/)/, '');
  const segments = item.replace(/\/$/, '').split('/');
  return Object.keys(described.routes).find((route) => {
    const [routeMethod, template = ''] = route.split(' ');
    const parts = template.split('/');
    return (
      routeMethod === method &&
      parts.length === segments.length &&
      parts.every((part, index) => part.startsWith('{') || part === segments[index]?.toLowerCase())
    );
  });
}

/**
 * @param {{ method: string, path: string, status: number, text: string }} answer `path` below /api/v1
 * @param {string} release of the server
 * @throws {assert.AssertionError} where there is no shape for it, or it is of another one
 */
export function checkAnswer({ method, path, status, text }, release) {
  if (isBefore(release, OLDEST)) return;
  const route = routeOf(method, path);
  const what = `the answer ${status} to ${method} ${path}`;
  const own = route ? described.routes[route] : {};
  const difference = differences.answers.find(
    (entry) => entry.status === status && (entry.route === undefined || entry.route === route),
  );
  const shape = difference ? difference.shape : own[status];
  assert.notEqual(shape, undefined, `${what} has no shape`);
  if (shape === 'any') return;
  if (shape === null) return assert.equal(text, '', `${what} has a body`);
  compare(what, validatorOf(release), written(shape), JSON.parse(text));
}

/**
 * @param {Record<string, unknown>} event a webhook's body
 * @param {string} [release] of the server
 * @throws {assert.AssertionError}
 */
export function checkWebhook(event, release = '2.4.1') {
  if (isBefore(release, OLDEST)) return;
  const { type } = event;
  const what = `the webhook ${type}`;
  const shape = described.webhooks[String(type)];
  assert.notEqual(shape, undefined, `${what} has no shape`);
  compare(what, validatorOf('2.4.1'), shape, event);
}

/**
 * @param {string} method
 * @param {string} path below /api/v1
 * @param {unknown} body
 * @throws {assert.AssertionError}
 */
export function checkRequest(method, path, body) {
  const route = routeOf(method, path);
  const shape = route && described.routes[route].request;
  assert.ok(shape, `${method} ${path} takes no body`);
  compare(`the request ${method} ${path}`, validatorOf('requests'), shape, body);
}
