/** nginx with the very files of deploy/nginx, each path of a real machine replaced by one in a directory of the test. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { nginx, WEB_SERVER_PACKAGES } from '../../js/dev/webServers.js';
import { tries } from './tries.js';

const EXAMPLES = new URL('../../deploy/nginx/', import.meta.url);

/** @param {string} name of a file of deploy/nginx */
export const example = (name) => readFileSync(new URL(name, EXAMPLES), 'utf8');

/**
 * A text in which each of these was found and replaced.
 * @param {string} text
 * @param {Record<string, string>} replacements
 */
export function replaced(text, replacements) {
  return Object.entries(replacements).reduce((sofar, [from, to]) => {
    if (!sofar.includes(from)) throw new Error(`the example does not have ${from} any more`);
    return sofar.replaceAll(from, to);
  }, text);
}

/**
 * @param {{ after: (work: () => void) => void }} t
 * @param {string} directory of the test; a file of `sites` may name what is in it
 * @param {Record<string, string>} sites configuration files within `http`
 * @returns {Promise<{ errors: () => string }>}
 */
export async function startNginx(t, directory, sites) {
  const program = nginx();
  if (!program)
    throw new Error(`nginx is missing. apt-get install --no-install-recommends ${WEB_SERVER_PACKAGES.join(' ')}`);
  const own = join(directory, 'nginx');
  mkdirSync(own);
  for (const [name, text] of Object.entries(sites)) writeFileSync(join(own, name), text);
  const temporary = ['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi'].map((of) => `${of}_temp_path ${own}/${of};`);
  const log = join(own, 'error.log');
  writeFileSync(
    join(own, 'nginx.conf'),
    `${process.getuid?.() === 0 ? 'user root;' : ''}
     daemon off; pid ${own}/nginx.pid; error_log ${log} warn;
     worker_processes 2; worker_rlimit_nofile 16384;
     events { worker_connections 8192; }
     http { access_log off; ${temporary.join(' ')} include ${own}/*.site; }`,
  );
  const args = ['-e', log, '-p', own, '-c', join(own, 'nginx.conf')];
  const child = spawn(program, args, { stdio: ['ignore', 'inherit', 'ignore'] });
  const exited = once(child, 'exit');
  t.after(async () => {
    child.kill('SIGTERM');
    await exited;
  });
  const failed = exited.then(() => Promise.reject(new Error(readFileSync(log, 'utf8'))));
  await Promise.race([tries(() => existsSync(join(own, 'nginx.pid'))), failed]);
  return { errors: () => readFileSync(log, 'utf8') };
}
