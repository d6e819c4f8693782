/** kessai as a shop's machine runs it: a process of its own, on a socket that PHP's user may open. */
import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const CLI = fileURLToPath(new URL('../../js/sidecar/cli.js', import.meta.url));

/**
 * @param {string[]} gateways servers that it may send to
 * @param {string} group that PHP runs as
 */
export async function startSidecar(gateways, group) {
  const directory = mkdtempSync(join(tmpdir(), 'kessai-shop-'));
  chmodSync(directory, 0o755);
  const run = join(directory, 'run');
  const path = join(run, 'kessai.sock');
  const args = ['serve', '--socket', path, ...gateways.flatMap((url) => ['--gateway', url])];
  const child = spawn(process.execPath, [CLI, ...args], { stdio: ['ignore', 'ignore', 'inherit'] });
  const exited = once(child, 'exit');
  for (let wait = 0; wait < 100 && !existsSync(path); wait++) await new Promise((resolve) => setTimeout(resolve, 50));
  spawnSync('chgrp', ['-R', group, run]);
  return {
    path,
    stop: async () => {
      child.kill('SIGTERM');
      await exited;
      rmSync(directory, { recursive: true, force: true });
    },
  };
}
