/** PHP as a web server runs it: PHP-FPM from Debian on a unix socket, and what nginx needs to pass requests to it. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { phpFpm, WEB_SERVER_PACKAGES } from '../../js/dev/webServers.js';
import { tries } from './tries.js';

/**
 * @param {{ after: (work: () => void) => void }} t
 * @param {string} directory of the test
 * @param {{ script: string, children: number, server: Record<string, string> }} how `script` answers every request, `children` at a
 *   time; `server` is what it finds in `$_SERVER`
 * @returns {Promise<{ site: string, web: string }>} a site for nginx, and the socket on which that site listens
 */
export async function startPhpFpm(t, directory, { script, children, server }) {
  const program = phpFpm();
  if (!program)
    throw new Error(`PHP-FPM is missing. apt-get install --no-install-recommends ${WEB_SERVER_PACKAGES.join(' ')}`);
  const own = join(directory, 'php');
  mkdirSync(own);
  const [socket, web, log, config] = [
    join(own, 'fpm.sock'),
    join(directory, 'web.sock'),
    join(own, 'fpm.log'),
    join(own, 'fpm.conf'),
  ];
  const lines = [
    '[global]',
    `error_log = ${log}`,
    '[shop]',
    ...(process.getuid?.() === 0 ? ['user = root'] : []),
    `listen = ${socket}`,
    'listen.backlog = 4096',
    'pm = static',
    `pm.max_children = ${children}`,
    'php_admin_flag[log_errors] = on',
  ];
  writeFileSync(config, lines.join('\n'));
  const args = ['--nodaemonize', '--allow-to-run-as-root', '--fpm-config', config];
  const child = spawn(program, args, { stdio: ['ignore', 'ignore', 'inherit'] });
  const exited = once(child, 'exit');
  t.after(async () => {
    child.kill('SIGTERM');
    await exited;
  });
  const failed = exited.then(([code]) => Promise.reject(new Error(`PHP-FPM ended with ${code}`)));
  await Promise.race([tries(() => existsSync(socket)), failed]);
  const params = {
    SCRIPT_FILENAME: script,
    ...server,
    REQUEST_METHOD: '$request_method',
    QUERY_STRING: '$query_string',
  };
  const site = `server {
    listen unix:${web} backlog=4096;
    location / {
      fastcgi_pass unix:${socket};
      fastcgi_read_timeout 60s;
      ${Object.entries(params)
        .map(([name, value]) => `fastcgi_param ${name} ${value};`)
        .join('\n')}
    }
  }`;
  return { site, web };
}
