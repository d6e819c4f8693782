import assert from 'node:assert/strict';
import { test } from 'node:test';
import { typescriptFrom } from '../../js/dev/schema.js';

const settings = {
  type: 'object',
  description: 'Where the server is.',
  properties: { serverUrl: { type: 'string' }, language: { anyOf: [{ $ref: '#/$defs/Language' }, { type: 'null' }] } },
  required: ['serverUrl'],
  additionalProperties: false,
};
const language = {
  oneOf: [
    { type: 'string', const: 'en', description: 'English' },
    { type: 'string', enum: ['ja', 'de'] },
  ],
};
const $defs = { Settings: settings, Language: language };

const catalogue = {
  ops: {
    'btcpay.getInvoice': {
      input: {
        $schema: 'https://json-schema.org/draft/2020-12/schema',
        title: 'GetInvoice',
        type: 'object',
        properties: {
          settings: { $ref: '#/$defs/Settings', description: 'Of the shop.' },
          reply: { $ref: '#/$defs/Language', default: 'en', description: 'Of the texts.' },
          invoiceId: { type: 'string' },
          record: { type: ['string', 'null'] },
        },
        required: ['settings', 'invoiceId'],
        additionalProperties: false,
        $defs,
      },
      ok: { $ref: '#/$defs/Invoice' },
    },
    'order.timeline': {
      input: {
        type: 'object',
        properties: { settings: { $ref: '#/$defs/Settings' } },
        additionalProperties: false,
        $defs,
      },
      ok: { type: 'object', properties: { entries: { type: 'array', items: { $ref: '#/$defs/Invoice' } } } },
    },
  },
  definitions: {
    Invoice: {
      type: 'object',
      properties: { id: { type: 'string' }, createdAt: { type: 'integer', format: 'int64' }, metadata: true },
      required: ['id', 'createdAt'],
    },
  },
};

test('each op has its input and result, each named type is declared once', async () => {
  const types = await typescriptFrom(JSON.parse(JSON.stringify(catalogue)));
  assert.match(types, /'btcpay\.getInvoice': \{\s+input: GetInvoice;\s+ok: Invoice;\s+\};/);
  const declared = [...types.matchAll(/^export (?:interface|type) (\w+)/gm)].map(([, name]) => name);
  assert.deepEqual(declared.sort(), ['GetInvoice', 'Invoice', 'Language', 'Ops', 'Settings']);
});

test('members keep their optionality, their alternatives and their description', async () => {
  const types = await typescriptFrom(JSON.parse(JSON.stringify(catalogue)));
  assert.match(types, /\/\*\*\s+\* Of the shop\.\s+\*\/\s+settings: Settings;\s/);
  assert.match(types, /\/\*\*\s+\* Of the texts\.\s+\*\/\s+reply\?: Language;/);
  assert.match(types, /record\?: string \| null;/);
  assert.match(types, /language\?: Language \| null;/);
  assert.match(types, /export type Language = 'en' \| \('ja' \| 'de'\);/);
  assert.match(types, /createdAt: number;/);
});

test('two types of one name are refused, for one would silently stand for both', async () => {
  const clash = JSON.parse(JSON.stringify(catalogue));
  clash.ops['order.timeline'].input.$defs.Settings.properties = { serverUrl: { type: 'number' } };
  await assert.rejects(typescriptFrom(clash), { message: 'Two different types named Settings' });
});
