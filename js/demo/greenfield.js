/** @import { Btcpay } from './payments.js' */

/**
 * The few calls of BTCPay Server's API that are no payments.
 * @param {Btcpay} btcpay
 * @returns {(method: string, path: string, body?: object) => Promise<any>} `path` is below the store; throws where the
 *   server cannot be reached or refuses
 */
export function greenfield({ url, apiKey, storeId }) {
  return async (method, path, body) => {
    const response = await fetch(`${url}/api/v1/stores/${storeId}/${path}`, {
      method,
      headers: { authorization: `token ${apiKey}`, 'content-type': 'application/json' },
      body: body && JSON.stringify(body),
      redirect: 'error',
      signal: AbortSignal.timeout(10_000),
    });
    if (!response.ok) throw new Error(`BTCPay Server answered ${response.status} to ${method} ${path}.`);
    return response.json();
  };
}
