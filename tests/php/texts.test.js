/** What the OpenCart extension says: the same in both languages, under names that are given once. */
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { readdirSync } from 'node:fs';
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
