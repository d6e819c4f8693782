import { readFileSync } from 'node:fs';
import { clearLine, cursorTo } from 'node:readline';
import { parseArgs } from 'node:util';
import { createKessai, version } from '../node.js';
import { reportOf } from './doctorReport.js';
import { tableOf } from './doctorTable.js';
import { textsOf } from './doctorTexts.js';
import { wrap } from './lines.js';
import { tell } from './reconcileReport.js';
import { loadShop } from './shopModule.js';
import { UsageError } from './usageError.js';

/** @import { Kessai, Ops } from '../index.d.ts' */

/** @typedef {Ops['doctor.run']['ok']} Diagnosis */
/** @typedef {{ kessai: Pick<Kessai, 'doctor'>, callbackUrl?: string, webhookId?: string, language?: string }} Shop */

const OPTIONS = /** @type {const} */ ({
  shop: { type: 'string' },
  settings: { type: 'string' },
  callback: { type: 'string' },
  webhook: { type: 'string' },
  lang: { type: 'string' },
  report: { type: 'boolean', default: false },
  json: { type: 'boolean', default: false },
});

const LANGUAGES = ['en', 'ja'];

/** Columns, where there is no terminal to ask. */
const WIDTH = 80;

/** A line that is longer is hard to read, however wide the terminal. */
const WIDEST = 110;

/** @type {Record<string, number>} */
const EXIT_CODES = { failed: 1, warning: 3 };

/**
 * `kessai doctor …`: looks at everything between a shop and its server, and says what is to be mended.
 * @param {string[]} args what follows `doctor`
 * @returns {Promise<number>} the process's exit code
 * @throws {UsageError}
 */
export async function doctor(args) {
  const given = readArgs(args);
  try {
    const { diagnosis, language } = await examine(await openShop(given));
    process.stdout.write(`${linesOf(diagnosis, language, given).join('\n')}\n`);
    return EXIT_CODES[diagnosis.verdict] ?? 0;
  } catch (error) {
    if (error instanceof UsageError) throw error;
    // The shop's own module failed; what is wrong at the server is in the diagnosis.
    process.stderr.write(`kessai: ${tell(/** @type {Error} */ (error))}\n`);
    return 1;
  }
}

/** @param {Shop & { language: string }} shop */
async function examine({ kessai, callbackUrl, webhookId, language }) {
  const { stderr } = process;
  // A server that hangs is given up after 25 seconds, in which somebody would wonder.
  if (stderr.isTTY) stderr.write(textsOf(language).looking);
  try {
    const told = { ...(callbackUrl && { callbackUrl }), ...(webhookId && { webhookId }), language };
    return { diagnosis: await kessai.doctor.run(told), language };
  } finally {
    if (stderr.isTTY) {
      cursorTo(stderr, 0);
      clearLine(stderr, 0);
    }
  }
}

/**
 * @param {Diagnosis} diagnosis
 * @param {string} language
 * @param {{ report: boolean, json: boolean }} given
 * @returns {string[]}
 */
function linesOf(diagnosis, language, { report, json }) {
  if (json) return [JSON.stringify(diagnosis, null, 2)];
  if (report) return [reportOf(diagnosis, version)];
  const { stdout } = process;
  const texts = textsOf(language);
  const width = Math.min((stdout.isTTY && stdout.columns) || WIDTH, WIDEST);
  const table = tableOf(diagnosis, { texts, width, hasColours: stdout.isTTY && stdout.hasColors() });
  return [...table, '', ...wrap(texts.copy, width), '', reportOf(diagnosis, version)];
}

/** @param {string[]} args */
function readArgs(args) {
  let values;
  try {
    ({ values } = parseArgs({ args, options: OPTIONS }));
  } catch (error) {
    throw new UsageError(/** @type {Error} */ (error).message);
  }
  const { shop, settings, lang, report, json } = values;
  if (!shop === !settings) {
    throw new UsageError(
      'doctor takes --shop FILE, a module that gives kessai, or --settings FILE.json; try kessai --help',
    );
  }
  if (lang !== undefined && !LANGUAGES.includes(lang)) throw new UsageError('--lang is en or ja');
  if (report && json) throw new UsageError('--report and --json exclude each other');
  return values;
}

/**
 * @param {ReturnType<typeof readArgs>} given
 * @returns {Promise<Shop & { language: string }>}
 */
async function openShop({ shop: file, settings, callback, webhook, lang }) {
  const shop = file === undefined ? fromSettings(String(settings)) : await fromModule(file);
  const language = lang ?? ofEnvironment() ?? shop.language ?? 'en';
  return { ...shop, callbackUrl: callback ?? shop.callbackUrl, webhookId: webhook ?? shop.webhookId, language };
}

/**
 * @param {string} file
 * @returns {Shop}
 */
function fromSettings(file) {
  const settings = readSettings(file);
  const language = LANGUAGES.find((one) => one === settings.language);
  // The doctor has no need of the shop's orders, and its findings are all that is printed.
  return { kessai: createKessai({ settings }), ...(language && { language }) };
}

/** @param {string} file */
function readSettings(file) {
  let text;
  try {
    text = readFileSync(file, 'utf8');
  } catch (error) {
    throw new UsageError(`cannot read the settings: ${/** @type {Error} */ (error).message}`);
  }
  try {
    const settings = JSON.parse(text);
    if (typeof settings === 'object' && settings !== null && !Array.isArray(settings)) return settings;
  } catch {
    // What the parser says shows a piece of the file, in which there are secrets.
  }
  throw new UsageError(`${file} is not a JSON object of settings`);
}

/**
 * @param {string} file
 * @returns {Promise<Shop>}
 */
async function fromModule(file) {
  const give = await loadShop(file);
  const shop = /** @type {Partial<Shop>} */ ((await give()) ?? {});
  if (typeof shop.kessai?.doctor?.run === 'function') return /** @type {Shop} */ (shop);
  throw new UsageError(
    `${file} does not give kessai, made by createKessai; export an object, or a function that returns it, with kessai`,
  );
}

/** The language of the person at the terminal, where it is one of ours. */
function ofEnvironment() {
  const { LC_ALL, LC_MESSAGES, LANG } = process.env;
  const locale = LC_ALL || LC_MESSAGES || LANG || '';
  return LANGUAGES.find((language) => new RegExp(`^${language}([_.@-]|$)`, 'i').test(locale));
}
