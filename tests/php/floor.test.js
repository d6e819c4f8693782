/** The client and the extension of OpenCart 3 run on PHP 7.4: neither their syntax nor what they call is of a later version. */
import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { Engine } from 'php-parser';
import { phpJson } from './php.js';

const ROOT = fileURLToPath(new URL('../../plugins', import.meta.url));
/** OpenCart 4 needs PHP 8 itself. */
const LATER_FOLDERS = /^opencart4[\\/]/;

const engine = new Engine({ parser: { version: '7.4', suppressErrors: false }, lexer: { all_tokens: false } });

/** Functions, classes and constants of PHP 8.0 to 8.4 that a client of this kind would reach for. */
const LATER = new Set(
  `str_contains str_starts_with str_ends_with get_debug_type get_resource_id fdiv preg_last_error_msg array_is_list fsync
   array_find array_find_key array_any array_all json_validate mb_str_pad mb_trim str_increment ini_parse_quantity memory_reset_peak_usage
   curl_upkeep curl_multi_get_handles mysqli_execute_query execute_query is_countable_or_null WeakMap Stringable Attribute
   ValueError UnhandledMatchError Override CURLOPT_PROTOCOLS_STR CURLOPT_REDIR_PROTOCOLS_STR CURLOPT_PREREQFUNCTION
   CURLOPT_CAINFO_BLOB`.split(/\s+/),
);

const all = readdirSync(ROOT, { encoding: 'utf8', recursive: true }).filter((file) => file.endsWith('.php'));
const files = all.filter((file) => !LATER_FOLDERS.test(file));

/** Types that 7.4 takes for a class of that name, or not at all. */
const LATER_TYPES = ['mixed', 'never', 'static', 'false', 'true'];

/** What the parser takes although PHP 7.4 does not. @type {Record<string, (node: any) => boolean>} */
const FAULTS = {
  'union or intersection type': ({ kind }) => /^(union|intersection)type$/.test(kind),
  'constructor promotion': ({ kind, flags }) => kind === 'parameter' && flags !== 0,
  readonly: ({ readonly, isReadonly }) => Boolean(readonly || isReadonly),
  'type of a later version': ({ kind, name }) => kind === 'typereference' && LATER_TYPES.includes(name),
  'new in an initialiser': ({ kind, value }) =>
    ['parameter', 'property', 'constant'].includes(kind) && value?.kind === 'new',
  'name of a later version': ({ kind, name }) =>
    ['name', 'identifier'].includes(kind) && LATER.has(String(name).replace(/^.*\\/, '')),
};

/** @param {any} node @returns {string[]} */
function faultsOf(node) {
  if (node === null || typeof node !== 'object') return [];
  const own = Object.keys(FAULTS).filter((name) => FAULTS[name]?.(node));
  return [...own, ...Object.entries(node).flatMap(([key, child]) => (key === 'loc' ? [] : faultsOf(child)))];
}

/**
 * Why PHP 7.4 would not run it.
 * @param {string} code
 * @returns {string[]}
 */
function refusals(code) {
  try {
    return faultsOf(engine.parseCode(code, 'test.php'));
  } catch (error) {
    return [/** @type {Error} */ (error).message];
  }
}

test('every file is PHP 7.4', () => {
  assert.ok(files.length > 30);
  for (const file of files) {
    assert.deepEqual(refusals(readFileSync(join(ROOT, file), 'utf8')), [], file);
  }
});

test('an attribute stands alone on its line, for PHP 7.4 reads the rest of that line as a comment', () => {
  let attributes = 0;
  for (const file of files) {
    for (const line of readFileSync(join(ROOT, file), 'utf8').split('\n')) {
      if (!line.includes('#[')) continue;
      attributes += 1;
      assert.match(line, /^\s*#\[\\SensitiveParameter\]$/, file);
    }
  }
  assert.ok(attributes > 10);
});

test('every file is the class of its name, and this PHP has nothing to say of it either', async () => {
  const classes = all.filter((file) => /^[^/]+\/src\//.test(file));
  assert.ok(classes.length > 100);
  assert.equal(await phpJson('load.php'), classes.length);
});

test('what PHP 7.4 refuses is found', () => {
  const refused = {
    'constructor promotion': 'class A { public function __construct(private int $a) {} }',
    match: '$a = match ($b) { 1 => 2, default => 3 };',
    'named arguments': 'f(a: 1);',
    'union types': 'function f(int|string $a) {}',
    'union return types': 'function f(): int|string {}',
    nullsafe: '$a?->b();',
    'throw as an expression': '$a = $b ?? throw new E();',
    'catch without a variable': 'try { f(); } catch (E) {}',
    'trailing comma of parameters': 'function f($a,) {}',
    'readonly properties': 'class A { public readonly int $a; }',
    enums: 'enum A { case B; }',
    'first-class callables': '$a = f(...);',
    'static return type': 'class A { function f(): static {} }',
    'mixed type': 'function f(mixed $a) {}',
    'new in initialisers': 'function f($a = new B()) {}',
    'never type': 'function f(): never {}',
    'a function of PHP 8': 'str_contains($a, $b);',
    'a constant of PHP 8.3': '$a = [CURLOPT_PROTOCOLS_STR => 1];',
  };
  for (const [name, code] of Object.entries(refused)) assert.notDeepEqual(refusals(`<?php ${code}`), [], name);
  const fine =
    'class A { private ?int $a = null; public static function b(?A $a, string ...$b): self { return fn () => [...$b]; } }';
  assert.deepEqual(refusals(`<?php ${fine}`), []);
});
