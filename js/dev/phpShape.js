import { Stop } from './process.js';

/** @import { Schema } from './schema.js' */

/** Columns of a docblock's line that a shape may take before it is written one member a line. */
const WIDTH = 100;

/** Types that go back to the core as they came: the client keeps them as PHP's objects. */
const VERBATIM = ['Message', 'Then'];

const SCALARS = /** @type {Record<string, string>} */ ({
  string: 'string',
  integer: 'int',
  number: 'float',
  boolean: 'bool',
  null: 'null',
});

/**
 * A schema as PHPDoc writes a type: array shapes, with everything that is referred to written out.
 * @param {any} schema
 * @param {Record<string, Schema>} definitions
 * @param {string} [indent]
 * @returns {string} several lines where it is long
 */
export function shapeOf(schema, definitions, indent = '') {
  if (typeof schema !== 'object' || schema === null) return 'mixed';
  if (schema.$ref) {
    const name = nameOf(schema.$ref);
    if (VERBATIM.includes(name)) return 'object';
    return shapeOf(definitions[name] ?? unknown(name), definitions, indent);
  }
  const of = (/** @type {any} */ one) => shapeOf(one, definitions, indent);
  if (schema.anyOf ?? schema.oneOf) return union((schema.anyOf ?? schema.oneOf).map(of));
  if (schema.const !== undefined) return `'${schema.const}'`;
  if (schema.enum) return union(schema.enum.map((/** @type {string} */ value) => `'${value}'`));
  if (schema.type === undefined) return 'mixed';
  return union([schema.type].flat().map((type) => typeOf(type, schema, definitions, indent)));
}

/**
 * @param {string} type
 * @param {Schema} schema
 * @param {Record<string, Schema>} definitions
 * @param {string} indent
 */
function typeOf(type, { properties, required = [], additionalProperties, items }, definitions, indent) {
  if (type === 'array') return `list<${shapeOf(items, definitions, indent)}>`;
  if (type !== 'object') return SCALARS[type] ?? unknown(type);
  if (!properties) return `array<string, ${shapeOf(additionalProperties, definitions, indent)}>`;
  const inner = `${indent}    `;
  const members = inOrder({ properties, required }).map(
    ([name, member]) => `${name}${required.includes(name) ? '' : '?'}: ${shapeOf(member, definitions, inner)}`,
  );
  const line = `array{${members.join(', ')}}`;
  if (indent.length + line.length <= WIDTH && !line.includes('\n')) return line;
  return `array{\n${members.map((member) => `${inner}${member},\n`).join('')}${indent}}`;
}

/**
 * What has to be there first.
 * @param {any} schema
 * @returns {[string, any][]}
 */
function inOrder({ properties = {}, required = [] }) {
  const members = Object.entries(properties);
  const isRequired = (/** @type {[string, any]} */ [name]) => required.includes(name);
  return [...members.filter(isRequired), ...members.filter((member) => !isRequired(member))];
}

/** @param {string[]} types */
const union = (types) => [...new Set(types.flatMap((type) => (type.includes('{') ? type : type.split('|'))))].join('|');

/** @param {string} ref */
const nameOf = (ref) => ref.split('/').pop() ?? '';

/** @param {string} what @returns {never} */
function unknown(what) {
  throw new Stop(`no PHP type for ${what}`);
}

/**
 * The members of an object that say something of themselves, as a list: a shape has no place for descriptions.
 * @param {any} schema
 * @param {Record<string, Schema>} definitions
 * @param {string} [path]
 * @returns {string[]}
 */
export function membersOf(schema, definitions, path = '') {
  return inOrder(schema).flatMap(([name, member]) => {
    const own = member.description ? [`- \`${path}${name}\`: ${member.description.replaceAll('\n', ' ')}`] : [];
    return [...own, ...nested(member, definitions, `${path}${name}`)];
  });
}

/**
 * @param {any} member
 * @param {Record<string, Schema>} definitions
 * @param {string} path
 * @returns {string[]}
 */
function nested(member, definitions, path) {
  if (typeof member !== 'object' || member === null) return [];
  if (member.items) return nested(member.items, definitions, `${path}[]`);
  if (member.anyOf) return member.anyOf.flatMap((/** @type {any} */ one) => nested(one, definitions, path));
  if (!member.$ref) return membersOf(member, definitions, `${path}.`);
  const name = nameOf(member.$ref);
  return VERBATIM.includes(name) ? [] : membersOf(definitions[name] ?? unknown(name), definitions, `${path}.`);
}
