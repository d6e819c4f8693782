/** The input of every operation, from js/types.d.ts, so that a test meets a member without anyone having thought of it. */
import { readFileSync } from 'node:fs';

/**
 * @typedef {{ kind: 'name', name: string } | { kind: 'literal', value: string } | { kind: 'list', of: Type }
 *   | { kind: 'object', members: Record<string, Type> } | { kind: 'map', of: Type } | { kind: 'union', of: Type[] }} Type
 */

const SOURCE = readFileSync(new URL('../../../js/types.d.ts', import.meta.url), 'utf8').replace(
  /\/\*[\s\S]*?\*\/|\/\/.*/g,
  '',
);
const TOKENS = SOURCE.match(/'[^']*'|[A-Za-z_]\w*|\S/g) ?? [];
let at = 0;

const peek = () => TOKENS[at] ?? '';
const take = () => TOKENS[at++] ?? '';

/** @param {string} token */
function expect(token) {
  const found = take();
  if (found !== token) throw new Error(`js/types.d.ts: expected ${token}, found ${found}`);
}

/** @param {string} token */
const accept = (token) => peek() === token && Boolean(take());

/** @returns {Type} */
function type() {
  accept('|');
  const of = [listOf()];
  while (accept('|')) of.push(listOf());
  return of.length === 1 && of[0] ? of[0] : { kind: 'union', of };
}

/** @returns {Type} */
function listOf() {
  let found = primary();
  while (accept('[')) {
    expect(']');
    found = { kind: 'list', of: found };
  }
  return found;
}

/** @returns {Type} */
function primary() {
  if (accept('(')) {
    const found = type();
    expect(')');
    return found;
  }
  if (accept('{')) return members();
  const token = take();
  return token.startsWith("'") ? { kind: 'literal', value: token.slice(1, -1) } : { kind: 'name', name: token };
}

/** @returns {Type} */
function members() {
  /** @type {Record<string, Type>} */
  const found = {};
  while (!accept('}')) {
    if (accept('[')) {
      for (const token of ['k', ':', 'string', ']', ':']) expect(token);
      const of = type();
      accept(';');
      expect('}');
      return { kind: 'map', of };
    }
    const name = take().replaceAll("'", '');
    accept('?');
    expect(':');
    found[name] = type();
    accept(';');
  }
  return { kind: 'object', members: found };
}

/** @type {Record<string, Type>} */
const types = {};
while (at < TOKENS.length) {
  expect('export');
  const isInterface = take() === 'interface';
  const name = take();
  expect(isInterface ? '{' : '=');
  types[name] = isInterface ? members() : type();
  accept(';');
}

/** @param {Type | undefined} found */
function membersOf(found) {
  if (found?.kind !== 'object') throw new Error('js/types.d.ts: expected an object');
  return found.members;
}

/** Every operation, and the type of its input. */
export const INPUTS = Object.fromEntries(
  Object.entries(membersOf(types.Ops)).map(([op, both]) => [op, /** @type {Type} */ (membersOf(both).input)]),
);

/**
 * A value of a type with all its members; an alternative is its first.
 * @param {Type} wanted
 * @param {(path: string) => { value: any } | undefined} sample what a member must be for the operation to go on; by its path
 * @param {(path: string) => string} text for any other
 * @param {string} [path]
 * @returns {any}
 */
export function sampleOf(wanted, sample, text, path = '') {
  const given = sample(path);
  if (given) return given.value;
  const inner = (/** @type {string} */ name) => (path ? `${path}.${name}` : name);
  switch (wanted.kind) {
    case 'literal':
      return wanted.value;
    case 'union':
      return sampleOf(
        /** @type {Type} */ (wanted.of.find((one) => one.kind !== 'name' || one.name !== 'null')),
        sample,
        text,
        path,
      );
    case 'list':
      return [sampleOf(wanted.of, sample, text, path)];
    case 'map':
      return { [text(path)]: sampleOf(wanted.of, sample, text, path) };
    case 'object':
      return Object.fromEntries(
        Object.entries(wanted.members).map(([name, of]) => [name, sampleOf(of, sample, text, inner(name))]),
      );
    case 'name': {
      const { name } = wanted;
      if (name === 'string') return text(path);
      if (name === 'number') return 1;
      if (name === 'boolean') return true;
      if (name === 'unknown') return { [text(path)]: text(path) };
      const found = types[name];
      if (!found) throw new Error(`js/types.d.ts: no type ${name}`);
      return sampleOf(found, sample, text, path);
    }
    default:
      throw new Error('no such kind of type');
  }
}
