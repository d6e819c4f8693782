/** `kessai serve` as its own process, as a service manager would run it. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';

export const CLI = fileURLToPath(new URL('../../js/sidecar/cli.js', import.meta.url));

/** @typedef {Awaited<ReturnType<typeof startSidecar>>} Sidecar */

/**
 * @param {{ after: (work: () => void) => void }} t
 * @param {string[]} args
 * @param {string} [cli] another one than that of the sources
 */
export async function startSidecar(t, args, cli = CLI) {
  const child = spawn(process.execPath, [cli, 'serve', ...args], {
    stdio: ['ignore', 'pipe', 'inherit'],
    env: { ...process.env, LISTEN_PID: '', LISTEN_FDS: '', KESSAI_LOG: 'off' },
  });
  t.after(() => child.kill('SIGKILL'));
  const exited = once(child, 'exit');
  const said = await Promise.race([once(child.stdout, 'data'), exited.then(() => undefined)]);
  if (!said) throw new Error(`kessai serve ${args.join(' ')} ended with ${child.exitCode}`);
  return {
    child,
    /** @param {NodeJS.Signals} signal @returns {Promise<[code: number | null, signal: string | null]>} how it ended */
    async end(signal) {
      child.kill(signal);
      const [code, by] = await exited;
      return [code, by];
    },
  };
}
