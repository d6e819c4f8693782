/**
 * Reads the members of a request's document the way the server's Newtonsoft.Json does: names in any case, text for
 * numbers and numbers for text, null for what is left out, and a problem at the JSON path of what cannot be read.
 */

import { Decimal } from './decimal.js';

/** @typedef {import('./errors.js').Problem} Problem */

export class Fields {
  #object;
  #path;

  /**
   * @param {Record<string, unknown>} object
   * @param {Problem[]} problems collects
   * @param {string} [path]
   */
  constructor(object, problems, path = '') {
    this.#object = object;
    this.#path = path;
    this.problems = problems;
  }

  /** @param {string} name */
  get(name) {
    if (Object.hasOwn(this.#object, name)) return this.#object[name] ?? null;
    const found = Object.keys(this.#object).find((key) => key.toLowerCase() === name.toLowerCase());
    return found === undefined ? null : (this.#object[found] ?? null);
  }

  /** @param {string} name */
  has(name) {
    return Object.keys(this.#object).some((key) => key.toLowerCase() === name.toLowerCase());
  }

  /**
   * @param {string} name
   * @param {string} message
   * @returns {null}
   */
  refuse(name, message) {
    this.problems.push({ path: this.#path + name, message });
    return null;
  }

  /** @param {string} name */
  text(name) {
    const value = this.get(name);
    if (value === null || typeof value === 'string') return value;
    if (typeof value === 'number' || typeof value === 'boolean') return String(value);
    return this.refuse(name, 'Expected a string.');
  }

  /** @param {string} name */
  bool(name) {
    const value = this.get(name);
    if (value === null || typeof value === 'boolean') return value;
    if (typeof value === 'number') return value !== 0;
    if (typeof value === 'string' && /^\s*(true|false)\s*$/i.test(value)) return value.trim().toLowerCase() === 'true';
    return this.refuse(name, 'Expected a boolean.');
  }

  /**
   * @param {string} name
   * @returns {Decimal | null}
   */
  decimal(name) {
    const value = this.get(name);
    if (value === null || (typeof value === 'string' && value.trim() === '')) return null;
    const isText = typeof value === 'string' || typeof value === 'number';
    return (isText ? Decimal.parse(String(value)) : null) ?? this.refuse(name, 'Expected a decimal.');
  }

  /** @param {string} name */
  integer(name) {
    const value = this.get(name);
    if (value === null) return null;
    const number = typeof value === 'string' && value.trim() !== '' ? Number(value) : value;
    if (typeof number === 'number' && Number.isSafeInteger(number)) return number;
    return this.refuse(name, 'Expected an integer.');
  }

  /** @param {string} name */
  texts(name) {
    const value = this.get(name);
    if (value === null) return null;
    if (Array.isArray(value) && value.every((item) => item === null || ['string', 'number'].includes(typeof item))) {
      return value.map((item) => (item === null ? null : String(item)));
    }
    return this.refuse(name, 'Expected an array of strings.');
  }

  /**
   * An enum's member, by its name in any case or its number.
   * @template {string} T
   * @param {string} name
   * @param {readonly T[]} members by their numbers
   * @returns {T | null}
   */
  member(name, members) {
    const value = this.get(name);
    if (value === null || value === '') return null;
    const found =
      typeof value === 'number'
        ? members[value]
        : members.find((member) => member.toLowerCase() === String(value).toLowerCase());
    return found ?? this.refuse(name, `Expected one of ${members.join(', ')}.`);
  }

  /**
   * @param {string} name
   * @returns {Record<string, unknown> | null}
   */
  object(name) {
    const value = this.get(name);
    if (value === null) return null;
    if (isObject(value)) return value;
    return this.refuse(name, 'Expected an object.');
  }

  /** @param {string} name */
  within(name) {
    return new Fields(this.object(name) ?? {}, this.problems, `${this.#path}${name}.`);
  }
}

/**
 * @param {unknown} value
 * @returns {value is Record<string, unknown>}
 */
export const isObject = (value) => typeof value === 'object' && value !== null && !Array.isArray(value);
