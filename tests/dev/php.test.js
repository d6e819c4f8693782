import assert from 'node:assert/strict';
import { test } from 'node:test';
import { phpFrom } from '../../js/dev/php.js';

const order = {
  type: 'object',
  properties: { id: { type: 'string' }, data: { type: ['object', 'null'], properties: {} } },
  required: ['id'],
};
const definitions = {
  Order: order,
  Settings: {
    type: 'object',
    properties: { serverUrl: { type: 'string', description: 'Where it is.' } },
    required: ['serverUrl'],
  },
  Speed: {
    oneOf: [
      { type: 'string', const: 'fast', description: 'At once.' },
      { type: 'string', enum: ['slow', 'lazy'] },
    ],
  },
  Message: { type: 'object', properties: { fact: { type: 'string' } } },
  Notice: { type: 'object', properties: { key: { type: 'string', description: 'Unique.' } }, required: ['key'] },
};
const settings = { $ref: '#/$defs/Settings' };
const record = { type: ['string', 'null'] };

/** @returns {any} */
const catalogue = () =>
  structuredClone({
    version: 7,
    ops: {
      'btcpay.createInvoice': {
        input: {
          type: 'object',
          properties: {
            speed: { anyOf: [{ $ref: '#/$defs/Speed' }, { type: 'null' }] },
            order: { $ref: '#/$defs/Order', description: 'What is sold.' },
            settings,
            record,
            now: { type: 'integer' },
          },
          required: ['order', 'settings', 'now'],
        },
        ok: {
          type: 'object',
          properties: { invoiceId: { type: 'string' }, lines: { type: 'array', items: { $ref: '#/$defs/Order' } } },
          required: ['invoiceId', 'lines'],
        },
      },
      'order.timeline': {
        input: { type: 'object', properties: { record, message: { $ref: '#/$defs/Message' } } },
        ok: { type: 'object', properties: { any: true } },
      },
      'btcpay.readAuthorization': {
        input: { type: 'object', properties: { state: { type: 'string' } } },
        ok: { type: 'object', properties: {} },
      },
      'error.tell': { input: { type: 'object', properties: { code: { type: 'string' } } }, ok: false },
    },
    definitions,
    reply: {
      effect: {
        oneOf: [
          {
            type: 'object',
            description: 'Set it.',
            properties: { kind: { const: 'status' }, to: { type: 'string' } },
            required: ['kind', 'to'],
          },
          {
            type: 'object',
            description: 'A date.',
            properties: { kind: { const: 'paidDate' }, to: { type: ['integer', 'null'] } },
            required: ['kind'],
          },
          {
            $ref: '#/$defs/Notice',
            description: 'Say it.',
            properties: { kind: { const: 'note' } },
            required: ['kind'],
          },
        ],
      },
    },
  });

const from = (/** @type {any} */ given) => phpFrom(given, '1.2.3');
const texts = from(catalogue());
const text = (/** @type {string} */ name) => texts[`plugins/client/src/${name}.php`] ?? assert.fail(`no ${name}`);

test('a class for each group of operations and each effect, and none for the words of errors', () => {
  const names = Object.keys(texts).map((path) => path.replace('plugins/client/src/', ''));
  assert.deepEqual(names.sort(), [
    'Effect/Effect.php',
    'Effect/NoteEffect.php',
    'Effect/PaidDateEffect.php',
    'Effect/StatusEffect.php',
    'Ops/Btcpay.php',
    'Ops/Order.php',
    'Ops/Table.php',
  ]);
});

test('a method takes what the client does not add itself, what is needed first, and writes out its result', () => {
  const method = text('Ops/Btcpay');
  assert.match(method, /- `order`: What is sold\./);
  assert.ok(
    method.includes(
      "@param array{order: array{id: string, data?: array{}|null}, speed?: 'fast'|'slow'|'lazy'|null} $input",
    ),
    method,
  );
  assert.ok(
    method.includes('@return array{invoiceId: string, lines: list<array{id: string, data?: array{}|null}>}'),
    method,
  );
  assert.match(
    method,
    /public function createInvoice\(\n {8}#\[\\SensitiveParameter\]\n {8}array \$input\n {4}\): array \{/,
  );
  assert.ok(text('Ops/Order').includes('@param array{record?: string|null, message?: object} $input'));
  assert.match(text('Ops/Order'), /timeline\(\s+#\[\\SensitiveParameter\]\s+array \$input = \[\]\s+\)/);
});

test('a body as it came is passed beside the input, which then has no default', () => {
  assert.match(text('Ops/Btcpay'), /readAuthorization\(\s+#.+\s+array \$input,\s+#.+\s+string \$form\s+\)/);
  assert.match(text('Ops/Btcpay'), /run\('btcpay\.readAuthorization', \$input, \$form\)/);
});

test('the table says which inputs have a record of an order, and what stays an object when it is empty', () => {
  const table = text('Ops/Table');
  assert.ok(table.includes("VERSION = '1.2.3'") && table.includes('OPS = 7'));
  assert.match(table, /ORDER = \[\n {8}'btcpay\.createInvoice' => \['order', 'id'\],\n {4}\]/);
  assert.match(table, /'order\.data' => true/);
});

test('an effect has its members as properties, and one that nobody knows is an error', () => {
  assert.match(text('Effect/NoteEffect'), /\/\*\* Unique\. \*\/\n {4}public string \$key;/);
  assert.ok(text('Effect/PaidDateEffect').includes('public ?int $to;'));
  assert.ok(text('Effect/Effect').includes("return new PaidDateEffect($effect['to'] ?? null);"));
  assert.ok(text('Effect/Effect').includes('throw new \\UnexpectedValueException'));
});

test('what PHP could not tell apart, or nobody has described, is refused', () => {
  const both = catalogue();
  both.definitions.Order.properties.data = {
    anyOf: [
      { type: 'object', properties: {} },
      { type: 'array', items: { type: 'string' } },
    ],
  };
  assert.throws(() => from(both), { message: 'order.data is a list here and an object there' });
  const unsaid = catalogue();
  unsaid.ops['order.invent'] = unsaid.ops['order.timeline'];
  assert.throws(() => from(unsaid), { message: 'js/dev/phpSummaries.js says nothing of order.invent' });
});
