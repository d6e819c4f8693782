/** Clients are made from one operation table and tell it by its number, so a table that has changed must have another. */
import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';

const read = (/** @type {string} */ path) => JSON.parse(readFileSync(new URL(path, import.meta.url), 'utf8'));
const description = read('../../js/sidecar/openapi.json');

/** The tables there were, by their numbers. @type {Record<string, string>} */
const known = read('ops.json');

/**
 * Of operations, inputs and results, whatever the order and the words in which they are described.
 * @param {{ paths: Record<string, any>, components: { schemas: object } }} description
 */
function digestOf({ paths, components }) {
  const ops = Object.entries(paths)
    .filter(([path]) => path.startsWith('/v1/'))
    .map(([path, { post }]) => [path, [post['x-kessai-step'], post.requestBody.content, post.responses[200].content]]);
  const text = JSON.stringify(plain([Object.fromEntries(ops), components.schemas]));
  return createHash('sha256').update(text).digest('hex').slice(0, 32);
}

/** @param {any} value @returns {any} */
function plain(value) {
  if (Array.isArray(value)) return value.map(plain);
  if (typeof value !== 'object' || value === null) return value;
  const members = Object.entries(value).filter(
    ([name, member]) => name !== 'description' || typeof member !== 'string',
  );
  return Object.fromEntries(members.toSorted(([a], [b]) => (a < b ? -1 : 1)).map(([name, of]) => [name, plain(of)]));
}

test('the operation table is the one of its number', () => {
  const number = description.info['x-kessai-ops'];
  const digest = digestOf(description);
  const wanted = known[number] === undefined ? number : number + 1;
  const raise = wanted === number ? '' : `raise VERSION in src/api/ops.rs to ${wanted}, run "npm run types", and `;
  assert.equal(
    known[number],
    digest,
    `An operation, its input or its result has changed: ${raise}add "${wanted}": "${digest}" to tests/dev/ops.json`,
  );
});

test('a number is of one table, and none is left out', () => {
  const numbers = Object.keys(known).map(Number);
  assert.deepEqual(
    numbers,
    numbers.map((_, at) => at + 1),
  );
  assert.equal(new Set(Object.values(known)).size, numbers.length);
  assert.equal(Math.max(...numbers), description.info['x-kessai-ops']);
});

test('any member, type or requirement that changes is another table; words are not', () => {
  const digest = digestOf(description);
  const changed = (/** @type {(copy: any) => void} */ change) => {
    const copy = structuredClone(description);
    change(copy);
    return digestOf(copy);
  };
  const tables = [
    changed(({ paths }) => delete paths['/v1/order.apply']),
    changed(({ components }) => {
      components.schemas.Settings.properties.shopName = { type: 'string' };
    }),
    changed(({ components }) => components.schemas.Settings.required.pop()),
    changed(({ components }) => {
      // A member may have this name.
      components.schemas.Settings.properties.description = { type: 'string' };
    }),
    changed(({ paths }) => {
      paths['/v1/order.timeline'].post['x-kessai-step'] = false;
    }),
  ];
  assert.equal(new Set([digest, ...tables]).size, tables.length + 1);
  const told = changed(({ components, paths }) => {
    components.schemas.Settings.description = 'Otherwise told.';
    paths['/v1/order.apply'].post.responses[200].description = 'Otherwise told.';
    paths['/metrics'].get.summary = 'None of an operation.';
    components.schemas = Object.fromEntries(Object.entries(components.schemas).toReversed());
  });
  assert.equal(told, digest);
});
