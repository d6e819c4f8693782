/** docs/manual/doctor.md says what the doctor says. `UPDATE_MANUAL=1` writes its list of checks anew. */
import assert from 'node:assert/strict';
import { readFileSync, writeFileSync } from 'node:fs';
import { test } from 'node:test';
import { TEXTS } from './catalogue.js';
import { openClinic } from './clinic.js';
import { kessaiDoctor } from './command.js';
import { checksOfManual } from './manual.js';

const PAGE = new URL('../../../docs/manual/doctor.md', import.meta.url);
const page = readFileSync(PAGE, 'utf8');

const LIST = /(?<=<!-- checks -->\n\n).*?(?=\n\n<!-- \/checks -->)/s;

test('the manual lists every check with the words of the catalogue', () => {
  if (process.env.UPDATE_MANUAL)
    writeFileSync(
      PAGE,
      page.replace(LIST, () => checksOfManual()),
    );
  assert.equal(LIST.exec(readFileSync(PAGE, 'utf8'))?.[0], checksOfManual());
});

test('every check that the manual names is one', () => {
  const kinds = [...TEXTS.keys()].filter((key) => key.endsWith('.title')).map((key) => key.slice(0, -'.title'.length));
  const named = [...page.matchAll(/`((?:server|key|store|webhook|callback|host)\.[a-zA-Z]+)(?: ([\w.]+))?`/g)];
  assert.ok(named.length > 20);
  for (const [, id = '', found] of named) {
    assert.ok(kinds.includes(id), id);
    const isText = ['', '.meaning'].some((end) => TEXTS.has(`${id}.${found}${end}`));
    if (found) assert.ok(isText || /^(btcpay|connect|gateway)\.\w+$/.test(found), `${id} ${found}`);
  }
});

for (const language of ['en', 'ja']) {
  test(`what the manual shows of the output is what a firewall brings, in ${language}`, async (t) => {
    const clinic = await openClinic(t);
    clinic.shop.front = (request, response) => {
      request.resume();
      response.writeHead(403).end('Forbidden');
    };
    await clinic.deliver();
    const { out, code } = await kessaiDoctor(clinic, ['--lang', language]);
    assert.equal(code, 1);
    const shown = new RegExp(`<!-- output ${language} -->\\n\\n\`{4}text\\n(.*?)\\n\`{4}\\n`, 's')
      .exec(page)?.[1]
      ?.split('\n');
    assert.ok(shown && shown.length > 15);
    const versions = (/** @type {string} */ line) => line.replace(/^kessai .*/, 'kessai …');
    const printed = out.split('\n').map(versions);
    let at = 0;
    for (const line of shown.map(versions).filter((one) => one !== '…')) {
      const next = printed.indexOf(line, at);
      assert.ok(next >= at, `not printed there: ${line}`);
      at = next + 1;
    }
  });
}
