/** What stands before the shop and answers in its place. */

/** @import { Clinic, Front } from './clinic.js' */

/** @param {Front} front @returns {(clinic: Clinic) => void} */
export const before = (front) => (clinic) => {
  clinic.shop.front = front;
};
export const open = before((_request, _response, pass) => pass());

/** @param {number} status @param {Record<string, string>} [headers] @param {string} [body] @returns {Front} */
export const answering =
  (status, headers = { 'content-type': 'text/html' }, body = '<html><h1>Not the shop</h1></html>') =>
  async (request, response) => {
    request.resume();
    response.writeHead(status, headers).end(body);
  };
