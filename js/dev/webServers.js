/** Where the web servers are that the production examples are run with: Debian keeps them out of most people's PATH. */
import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { programPath } from './process.js';

const SBIN = '/usr/sbin';

/** @returns {string | undefined} the path of nginx */
export function nginx() {
  return programPath('nginx') ?? [join(SBIN, 'nginx')].find((path) => existsSync(path));
}

/** @returns {string | undefined} the path of PHP's process manager, whose name has its version; the newest where there are several */
export function phpFpm() {
  const versioned = existsSync(SBIN) ? readdirSync(SBIN).filter((name) => /^php-fpm\d/.test(name)) : [];
  const [newest] = versioned.sort((a, b) => b.localeCompare(a, 'en', { numeric: true }));
  return programPath('php-fpm') ?? (newest && join(SBIN, newest));
}

/** The Debian packages of both. */
export const WEB_SERVER_PACKAGES = ['nginx-light', 'php-fpm'];
