/**
 * What .NET's HttpClient says where no answer came: the `errorMessage` in the log of deliveries (BTCPay Server 2.4.1,
 * WebhookSender, on Linux).
 */

/** By what went wrong, which is also the name of the fault that plays it. @type {Record<string, (host: string) => string>} */
const TEXTS = {
  dns: (host) => `Name or service not known (${host})`,
  refused: (host) => `Connection refused (${host})`,
  timeout: () => 'The request was canceled due to the configured HttpClient.Timeout of 100 seconds elapsing.',
  tls: () => 'The SSL connection could not be established, see inner exception.',
};

/** Codes of Node's sockets and DNS. @type {Record<string, string>} */
const BY_CODE = { ECONNREFUSED: 'refused', ENOTFOUND: 'dns', EAI_AGAIN: 'dns', ETIMEDOUT: 'timeout', EPROTO: 'tls' };

/** Of Node's certificate errors, all that loopback can meet. */
const CERTIFICATE = /^(ERR_(TLS|SSL)_|CERT_|SELF_SIGNED_|DEPTH_ZERO_|UNABLE_TO_)/;

/**
 * @param {string} kind one of those that {@link isUnsent} knows
 * @param {string} url where it was to go
 */
export function messageOf(kind, url) {
  const { hostname, port, protocol } = new URL(url);
  return String(TEXTS[kind]?.(`${hostname}:${port || (protocol === 'https:' ? 443 : 80)}`));
}

/** Whether a fault of this kind keeps a delivery from arriving, and the server knows. @param {string | undefined} kind */
export const isUnsent = (kind) => kind !== undefined && Object.hasOwn(TEXTS, kind);

/**
 * @param {Error & { code?: string }} error
 * @param {string} url
 * @returns {string}
 */
export function messageOfError(error, url) {
  const { code = '' } = error;
  const kind = CERTIFICATE.test(code) ? 'tls' : BY_CODE[code];
  if (kind) return messageOf(kind, url);
  return code ? 'An error occurred while sending the request.' : error.message;
}
