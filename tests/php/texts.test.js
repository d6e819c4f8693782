/** What the OpenCart extension says: the same in both languages, under names that are given once. */
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';

const ROOT = fileURLToPath(new URL('../../plugins/opencart/texts', import.meta.url));

/** @param {string} file @returns {Record<string, string>} */
function textsOf(file) {
  const { stdout, stderr } = spawnSync('php', ['-r', 'echo json_encode(require $argv[1]);', '--', file], {
    encoding: 'utf8',
  });
  assert.equal(stderr, '');
  return JSON.parse(stdout);
}

const areas = readdirSync(`${ROOT}/en`);
const [en, ja] = ['en', 'ja'].map((language) =>
  Object.fromEntries(areas.map((area) => [area, textsOf(`${ROOT}/${language}/${area}`)])),
);

/** @param {string} text */
const places = (text) => [...new Set(text.match(/\{\w+\}/g))].sort();

test('both languages have the same texts with the same places, and none is empty', () => {
  assert.deepEqual(readdirSync(`${ROOT}/ja`), areas);
  for (const area of areas) {
    const [one, other] = [en?.[area] ?? {}, ja?.[area] ?? {}];
    assert.deepEqual(Object.keys(other).sort(), Object.keys(one).sort(), area);
    for (const [name, text] of Object.entries(one)) {
      assert.ok(text && other[name], `${area}: ${name}`);
      assert.deepEqual(places(other[name] ?? ''), places(text), `${area}: ${name}`);
    }
  }
});

test('a name is given once: the texts of all areas are one list', () => {
  const names = areas.flatMap((area) => Object.keys(en?.[area] ?? {}));
  assert.deepEqual(
    names.filter((name, at) => names.indexOf(name) !== at),
    [],
  );
});

const PLUGINS = fileURLToPath(new URL('../../plugins', import.meta.url));

/** What asks for texts: classes, controllers and templates. @param {string} ending */
const sourceOf = (ending) =>
  readdirSync(PLUGINS, { recursive: true, encoding: 'utf8' })
    .filter((file) => /^opencart/.test(file) && file.endsWith(ending) && !/^opencart.texts/.test(file))
    .map((file) => readFileSync(join(PLUGINS, file), 'utf8'))
    .join('\n');

/** @param {string} source @param {RegExp} of with one group */
const found = (source, of) => [...source.matchAll(of)].map(([, name]) => String(name));

test('every text is read by somebody, and every text that is read is there', () => {
  const names = Object.values(en ?? {}).flatMap((texts) => Object.keys(texts));
  const [php, twig] = [sourceOf('.php'), sourceOf('.twig')];
  const words = new Set(found(`${php}\n${twig}`, /(\w+)/g));
  // Names that are put together: of("case_$case"), of('error_' . $field), t['tab_' ~ tab].
  const beginnings = [
    ...found(php, /\bof\("(\w+_)\{?\$/g),
    ...found(php, /\bof\('(\w+_)' \./g),
    ...found(twig, /\b(?:(?:t|texts)\[|attribute\(t, )'(\w+_)' ~/g),
  ];
  const unread = names.filter(
    (name) => !words.has(name) && !beginnings.some((beginning) => name.startsWith(beginning)),
  );
  assert.deepEqual(unread, []);
  const read = [...found(php, /\bof\('(\w+)'[,)]/g), ...found(twig, /\b(?:t|texts)\.(\w+)/g)];
  assert.deepEqual(
    [...new Set(read)].filter((name) => !names.includes(name)),
    [],
  );
});
