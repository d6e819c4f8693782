/**
 * Generates what other languages and people read of the operations' inputs and results from the crate's own types, so that
 * they cannot drift: js/types.d.ts for TypeScript, the sidecar's OpenAPI description, and the PHP client's operations and effects.
 *
 *     npm run types
 *     npm run types -- --check    # fails where a committed file is stale
 */
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { main, output, run, Stop, say } from './process.js';

const EXAMPLE = ['--locked', '--features', 'schema', '--example', 'schema'];

await main(async () => {
  run('cargo', ['build', ...EXAMPLE]);
  const printed = output('cargo', ['run', '--quiet', ...EXAMPLE]);
  if (!printed) throw new Stop(`cargo run ${EXAMPLE.join(' ')} printed nothing`);
  const catalogue = JSON.parse(printed);
  const { typescriptFrom } = await import('./schema.js');
  const { openapiFrom } = await import('./openapi.js');
  const { phpFrom } = await import('./php.js');
  keep('js/types.d.ts', await typescriptFrom(catalogue));
  keep('js/sidecar/openapi.json', `${JSON.stringify(openapiFrom(catalogue), null, 1)}\n`);
  const { version } = JSON.parse(readFileSync('package.json', 'utf8'));
  const client = phpFrom(catalogue, version);
  for (const [file, text] of Object.entries(client)) keep(file, text);
  for (const directory of new Set(Object.keys(client).map(dirname))) {
    const left = readdirSync(directory).filter((name) => !(`${directory}/${name}` in client));
    if (left.length > 0) throw new Stop(`${directory} holds what is not generated any more: ${left.join(', ')}`);
  }
});

/**
 * @param {string} file
 * @param {string} text
 */
function keep(file, text) {
  const current = existsSync(file) ? readFileSync(file, 'utf8') : undefined;
  if (text === current) return;
  if (process.argv.includes('--check')) throw new Stop(`${file} is stale. Write it anew with: npm run types`);
  writeFileSync(file, text);
  say(`${file} written`);
}
