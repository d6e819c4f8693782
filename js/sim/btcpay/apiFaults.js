import { setTimeout as sleep } from 'node:timers/promises';
import { Raw } from './raw.js';

/**
 * Answers a request to the API as the fault that befalls it has it.
 * @param {import('./faults.js').Fault | undefined} fault
 * @param {import('node:http').IncomingMessage} incoming
 * @param {() => Promise<Raw>} answer carries the request out
 * @returns {Promise<Raw | null>} null: there is no answer
 */
export async function answerWith(fault, incoming, answer) {
  if (fault?.kind === '5xx') return proxyPage(503, 'Service Temporarily Unavailable');
  if (fault?.kind === '429') return proxyPage(429, 'Too Many Requests');
  if (fault?.kind === 'garbage') return proxyPage(200, 'Welcome');
  if (fault?.kind === 'hang') return null;
  if (fault?.kind === 'slow') await sleep(fault.milliseconds, undefined, { ref: false });
  const isCutAfterwards = fault?.kind === 'resetAfter';
  if (fault?.kind !== 'reset' && !isCutAfterwards) return answer();
  if (isCutAfterwards) await answer();
  incoming.socket.destroy();
  return null;
}

/**
 * What a proxy in front of the server sends in its place.
 * @param {number} status
 * @param {string} words
 */
const proxyPage = (status, words) =>
  new Raw(`<html>\n<head><title>${words}</title></head>\n<body><h1>${words}</h1></body>\n</html>\n`, 'text/html', {
    status,
  });
