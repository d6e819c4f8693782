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
 * @param {{ script: string, children: number, env: Record<string, string> }} how `script` answers every request
 * @returns {Promise<{ site: string, web: string }>} a site for nginx, and the socket on which that site listens
 */
export async function startPhpFpm(t, directory, { script, children, env }) {
  const program = phpFpm();
  if (!program)
    throw new Error(`PHP-FPM is missing. apt-get install --no-install-recommends ${WEB_SERVER_PACKAGES.join(' ')}`);
  const own = join(directory, 'php');
  mkdirSync(own);
  const [socket, web, config] = [join(own, 'fpm.sock'), join(directory, 'web.sock'), join(own, 'fpm.conf')];
  const variables = Object.entries(env).map(([name, value]) => `env[${name}] = "${value}"`);
  writeFileSync(
    config,
    `[global]
     error_log = ${own}/fpm.log
     daemonize = no
     [shop]
     ${process.getuid?.() === 0 ? 'user = root' : ''}
     listen = ${socket}
     listen.backlog = 4096
     pm = static
     pm.max_children = ${children}
     ${variables.join('\n')}`,
  );
  const child = spawn(program, ['--nodaemonize', '--allow-to-run-as-root', '--fpm-config', config], {
    stdio: 'ignore',
  });
  const exited = once(child, 'exit');
  t.after(async () => {
    child.kill('SIGTERM');
    await exited;
  });
  await tries(() => existsSync(socket));
  const site = `server {
    listen unix:${web} backlog=4096;
    location / {
      fastcgi_pass unix:${socket};
      fastcgi_param SCRIPT_FILENAME ${script};
      fastcgi_param REQUEST_METHOD $request_method;
      fastcgi_param QUERY_STRING $query_string;
      fastcgi_read_timeout 60s;
    }
  }`;
  return { site, web };
}
