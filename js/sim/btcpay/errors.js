/** The error documents of BTCPay Server's Greenfield API (2.4.1): GreenfieldAPIError and its relatives. */

export class ApiError extends Error {
  /**
   * @param {number} status
   * @param {unknown} body undefined: none
   * @param {string} [contentType]
   */
  constructor(status, body, contentType = 'application/json; charset=utf-8') {
    super(`HTTP ${status}: ${JSON.stringify(body)}`);
    this.status = status;
    this.body = body;
    this.contentType = contentType;
  }
}

/** @typedef {{ path: string, message: string }} Problem */

/** @param {Problem[]} problems */
export const invalid = (problems) => new ApiError(422, problems);

/**
 * @param {number} status
 * @param {string} code
 * @param {string} message
 */
export const failed = (status, code, message) => new ApiError(status, { code, message });

/** @param {string} [reason] */
export const unauthenticated = (reason = 'Authentication is required for accessing this endpoint') =>
  failed(401, 'unauthenticated', reason);

/** @param {string} permission a policy, without a store */
export const missingPermission = (permission) =>
  new ApiError(403, {
    missingPermission: permission,
    code: 'missing-permission',
    message:
      `Insufficient API Permissions. Please use an API key with permission "${permission}". ` +
      "You can create an API key in your account's settings / Api Keys.",
  });

export const invoiceNotFound = () => failed(404, 'invoice-not-found', 'The invoice was not found');
export const webhookNotFound = () => failed(404, 'webhook-not-found', 'The webhook was not found');
export const pullPaymentNotFound = () => failed(404, 'pullpayment-not-found', 'The pull payment was not found');
export const payoutNotFound = () => failed(404, 'payout-not-found', 'The payout was not found');
export const deliveryNotFound = () => failed(404, 'webhookdelivery-not-found', 'The webhook delivery was not found');
export const deliveryPruned = () =>
  failed(409, 'webhookdelivery-pruned', "This webhook delivery has been pruned, so it can't be redelivered.");

export const unsupportedMediaType = () =>
  new ApiError(
    415,
    { type: 'https://tools.ietf.org/html/rfc9110#section-15.5.16', title: 'Unsupported Media Type', status: 415 },
    'application/problem+json; charset=utf-8',
  );
