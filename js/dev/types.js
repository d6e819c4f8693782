/**
 * Generates js/types.d.ts, the inputs and results of every op, from the crate's own types, so that they cannot drift.
 *
 *     npm run types
 *     npm run types -- --check    # fails where the committed file is stale
 */
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { main, output, run, Stop, say } from './process.js';

const FILE = 'js/types.d.ts';
const EXAMPLE = ['--locked', '--features', 'schema', '--example', 'schema'];

await main(async () => {
  run('cargo', ['build', ...EXAMPLE]);
  const catalogue = output('cargo', ['run', '--quiet', ...EXAMPLE]);
  if (!catalogue) throw new Stop(`cargo run ${EXAMPLE.join(' ')} printed nothing`);
  const { typescriptFrom } = await import('./schema.js');
  const types = await typescriptFrom(JSON.parse(catalogue));
  const current = existsSync(FILE) ? readFileSync(FILE, 'utf8') : undefined;
  if (types === current) return;
  if (process.argv.includes('--check')) throw new Stop(`${FILE} is stale. Write it anew with: npm run types`);
  writeFileSync(FILE, types);
  say(`${FILE} written`);
});
