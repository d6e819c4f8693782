/** Keeps a shop's process alive: whenever it dies, the next one starts on the same files and the same port. */
import { fork } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

/** @import { Btcpay } from '../../../js/demo/shop.js' */
/** @import { Plan } from './failpoints.js' */
/** @import { Command } from './shopProcess.js' */

/**
 * @typedef {{ok?: any, error?: string}} Answer
 * @typedef {{names: string[], order: string}[]} Hits where flows were when the process was killed
 * @typedef {Omit<Plan, 'journal'>} Orders of one life
 */

const program = fileURLToPath(new URL('./shopProcess.js', import.meta.url));

export class Supervisor {
  kills = 0;
  lives = 0;
  now;
  #options;
  #port = 0;
  #commands = 0;
  #read = 0;
  #ending = false;
  /** @type {import('node:child_process').ChildProcess | undefined} */
  #child;
  /** @type {Promise<string>} */
  #up;
  /** @type {Map<number, (answer: Answer) => void>} */
  #waiting = new Map();

  /**
   * @param {object} options
   * @param {string} options.file of the shop's database
   * @param {Btcpay} options.btcpay
   * @param {number} options.now unix seconds
   * @param {() => Orders} options.plan of the next life
   * @param {(points: string[], hits: Hits) => void} options.learn what a life has found and hit
   * @param {() => void} [options.started] after each start
   */
  constructor(options) {
    this.#options = options;
    this.now = options.now;
    this.#up = this.#start();
  }

  /** What the shop logged, over all lives. @returns {string[]} */
  lines() {
    const { file } = this.#options;
    return existsSync(`${file}.log`) ? readFileSync(`${file}.log`, 'utf8').trimEnd().split('\n') : [];
  }

  /** @returns {Promise<string>} the shop's address, once it is there */
  up() {
    return this.#up;
  }

  /** @returns {Promise<string>} */
  async #start() {
    const { file, btcpay, plan, started } = this.#options;
    const { url, apiKey, storeId } = btcpay;
    const options = {
      file,
      log: `${file}.log`,
      port: this.#port,
      btcpay: { url, apiKey, storeId },
      now: this.now,
      plan: { ...plan(), journal: `${file}.journal` },
    };
    const begun = this.now;
    // What it complains of is wanted only where it ends by itself.
    const child = fork(program, [JSON.stringify(options)], { silent: true });
    child.stdout?.resume();
    let complaints = '';
    child.stderr?.on('data', (chunk) => {
      complaints += chunk;
    });
    this.#child = child;
    this.lives += 1;
    const exited = once(child, 'exit');
    const ready = new Promise((resolve) => this.#waiting.set(0, resolve));
    child.on('message', (/** @type {Answer & {id: number}} */ { id, ...answer }) => {
      this.#waiting.get(id)?.(answer);
      this.#waiting.delete(id);
    });
    const ended = exited.then(([code, signal]) => this.#ended(code, signal, complaints));
    const answer = await Promise.race([ready, ended]);
    // It died while it started, of the mails that were left.
    if (!answer?.ok) return this.#up;
    this.#port = Number(new URL(answer.ok).port);
    started?.();
    if (this.now !== begun) await this.#send({ do: 'clock', now: this.now });
    return answer.ok;
  }

  /**
   * @param {number | null} code
   * @param {string | null} signal
   * @param {string} complaints
   */
  #ended(code, signal, complaints) {
    if (this.#ending) return undefined;
    if (signal !== 'SIGKILL') throw new Error(`The shop ended by itself, with ${code ?? signal}.\n${complaints}`);
    this.kills += 1;
    this.#learn();
    for (const resolve of this.#waiting.values()) resolve({});
    this.#waiting.clear();
    this.#up = this.#start();
    return undefined;
  }

  #learn() {
    const journal = `${this.#options.file}.journal`;
    if (!existsSync(journal)) return;
    const lines = readFileSync(journal, 'utf8').trimEnd().split('\n').slice(this.#read);
    this.#read += lines.length;
    const told = lines.map((line) => JSON.parse(line));
    this.#options.learn(
      told.flatMap(({ point = [] }) => point),
      told.flatMap(({ killed = [] }) => killed),
    );
  }

  /**
   * @param {Omit<Command, 'id'>} command
   * @returns {Promise<Answer>} nothing in it where the process died of it
   */
  async tell(command) {
    await this.up();
    return this.#send(command);
  }

  /**
   * @param {Omit<Command, 'id'>} command
   * @returns {Promise<Answer>}
   */
  #send(command) {
    const id = ++this.#commands;
    /** @type {Promise<Answer>} */
    const answered = new Promise((resolve) => this.#waiting.set(id, resolve));
    this.#child?.send({ ...command, id }, () => {});
    return answered;
  }

  /** @param {number} now unix seconds */
  async setClock(now) {
    this.now = now;
    await this.tell({ do: 'clock', now });
  }

  /** Kills it from outside, and starts the next one. */
  async restart() {
    await this.up();
    const ended = once(/** @type {import('node:child_process').ChildProcess} */ (this.#child), 'exit');
    this.#child?.kill('SIGKILL');
    await ended;
    await this.up();
  }

  async close() {
    await this.up();
    this.#ending = true;
    const child = /** @type {import('node:child_process').ChildProcess} */ (this.#child);
    const ended = once(child, 'exit');
    child.kill('SIGKILL');
    await ended;
    this.#learn();
  }
}
