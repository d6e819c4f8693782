/**
 * What can be wrong between a shop and its server: how it comes about, what the doctor finds, and how it is mended, as the
 * remedy has it.
 */
import { KEY, SERVER, STORE } from './illnessesOfServer.js';
import { CALLBACK, HOST } from './illnessesOfShop.js';
import { DELIVERIES, WEBHOOK } from './illnessesOfWebhook.js';

/** @import { Clinic } from './clinic.js' */

/**
 * @typedef {object} Illness
 * @property {string} name
 * @property {string} id of the check that finds it
 * @property {string} found
 * @property {'note' | 'warning' | 'failed' | 'skipped'} [verdict] default `failed`
 * @property {(clinic: Clinic, t: import('node:test').TestContext) => unknown} befall
 * @property {(clinic: Clinic, t: import('node:test').TestContext) => unknown} mend
 * @property {string} [after] what is found then; default `ok`
 * @property {string} [version] of the server
 * @property {number} [deadlineMs]
 */

export const ILLNESSES = [...SERVER, ...KEY, ...STORE, ...WEBHOOK, ...DELIVERIES, ...CALLBACK, ...HOST];
