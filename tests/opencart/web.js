/** A shop's pages as a web server gives them: nginx and PHP-FPM of Debian, on a port of this machine. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { phpFpm, WEB_SERVER_PACKAGES } from '../../js/dev/webServers.js';
import { startNginx } from '../production/nginx.js';
import { tries } from '../production/tries.js';

/** A port that is free now. @returns {Promise<number>} */
export async function freePort() {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = /** @type {import('node:net').AddressInfo} */ (server.address());
  server.close();
  await once(server, 'close');
  return port;
}

/**
 * @param {{ after: (work: () => void) => void }} t
 * @param {string} directory of the test
 * @param {{ port: number, root: string, children: number, server: Record<string, string>, php: Record<string, string> }} how `index.php`
 *   of the folder `root` answers, `children` requests at a time, and the extension's own `callback.php`; `server` is its environment, `php` are settings of php.ini
 */
export async function startWeb(t, directory, { port, root, children, server, php }) {
  const program = phpFpm();
  if (!program)
    throw new Error(`PHP-FPM is missing. apt-get install --no-install-recommends ${WEB_SERVER_PACKAGES.join(' ')}`);
  const own = join(directory, 'php');
  mkdirSync(own);
  const [socket, config, log] = ['fpm.sock', 'fpm.conf', 'fpm.log'].map((name) => join(own, name));
  const lines = [
    '[global]',
    `error_log = ${log}`,
    'log_limit = 8192',
    '[shop]',
    ...(process.getuid?.() === 0 ? ['user = root'] : []),
    `listen = ${socket}`,
    'pm = static',
    `pm.max_children = ${children}`,
    'catch_workers_output = yes',
    ...Object.entries(server).map(([name, value]) => `env[${name}] = '${value}'`),
    ...Object.entries(php).map(([name, value]) => `php_admin_value[${name}] = "${value}"`),
  ];
  writeFileSync(/** @type {string} */ (config), lines.join('\n'));
  const args = ['--nodaemonize', '--allow-to-run-as-root', '--fpm-config', /** @type {string} */ (config)];
  const child = spawn(program, args, { stdio: ['ignore', 'ignore', 'inherit'] });
  const exited = once(child, 'exit');
  t.after(async () => {
    child.kill('SIGTERM');
    await exited;
  });
  const failed = exited.then(([code]) => Promise.reject(new Error(`PHP-FPM ended with ${code}`)));
  await Promise.race([tries(() => existsSync(/** @type {string} */ (socket))), failed]);
  const params = {
    SCRIPT_NAME: '/index.php',
    PHP_SELF: '/index.php',
    REQUEST_METHOD: '$request_method',
    REQUEST_URI: '$request_uri',
    QUERY_STRING: '$query_string',
    CONTENT_TYPE: '$content_type',
    CONTENT_LENGTH: '$content_length',
    REMOTE_ADDR: '$remote_addr',
    SERVER_NAME: 'localhost',
    SERVER_PORT: '$server_port',
    SERVER_PROTOCOL: '$server_protocol',
  };
  const given = Object.entries(params).map(([name, value]) => `fastcgi_param ${name} ${value};`);
  const site = `server {
    listen 127.0.0.1:${port};
    fastcgi_read_timeout 120s;
    location / { fastcgi_pass unix:${socket}; fastcgi_param SCRIPT_FILENAME ${root}/index.php; ${given.join(' ')} }
    location ~ /callback\\.php$ { fastcgi_pass unix:${socket}; fastcgi_param SCRIPT_FILENAME ${root}$uri; ${given.join(' ')} }
  }`;
  await startNginx(t, directory, { 'shop.site': site });
  return { log: /** @type {string} */ (log) };
}
