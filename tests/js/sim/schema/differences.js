/** Where BTCPay Server 2.4.1 does otherwise than its own API description, each with the reason. */

const string = { type: 'string' };
const orNull = (/** @type {object} */ shape) => ({ anyOf: [shape, { type: 'null' }] });

/** Members that are of another type, or that the description forgot. */
export const members = [
  {
    shape: 'InvoiceData',
    member: 'paymentMethods',
    is: { type: 'array', items: { $ref: '#/definitions/InvoicePaymentMethodDataModel' } },
    why: 'is in every invoice, filled where the query asks for it; the description has it in lists only',
  },
  {
    shape: 'InvoicePaymentMethodDataModel',
    member: 'destination',
    is: orNull(string),
    why: 'a payment method that is not activated has none',
  },
  { shape: 'ApplicationServerInfoData', member: 'onion', is: orNull(string), why: 'a server without Tor has none' },
  { shape: 'WebhookDeliveryData', member: 'errorMessage', is: orNull(string), why: 'a success has none' },
  {
    shape: 'StoreData',
    member: 'defaultPaymentMethod',
    is: orNull(string),
    why: 'null where the store has not chosen one',
  },
  {
    shape: 'StoreData',
    member: 'paymentMethodCriteria',
    is: { type: 'array', items: { $ref: '#/definitions/PaymentMethodCriteriaData' } },
    why: 'a list (StoreBaseData); the description says object and gives the shape of its items',
  },
  {
    shape: 'PullPaymentData',
    member: 'BOLT11Expiration',
    is: { type: 'integer' },
    why: 'days as a number (TimeSpanJsonConverter)',
  },
  ...['startsAt', 'expiresAt'].map((member) => ({
    shape: 'PullPaymentData',
    member,
    is: orNull({ type: 'integer' }),
    why: 'is written; the description has it in the request only',
  })),
  {
    shape: 'InvoiceRefundTriggerData',
    member: 'currentRateText',
    is: orNull(string),
    why: 'is written (InvoiceRefundTriggerData); the description does not have it',
  },
  {
    shape: 'RefundInvoiceRequest',
    member: 'payoutMethodId',
    is: string,
    why: 'what 2.0 takes, and 2.4.1 still does (RefundInvoiceRequest)',
  },
  { shape: 'RefundInvoiceRequest', member: 'paymentMethod', is: string, why: 'what 1.7.1 to 1.13 take' },
  { shape: 'PayoutData', member: 'date', is: { type: 'integer' }, why: 'unix seconds (DateTimeToUnixTimeConverter)' },
  {
    shape: 'PayoutData',
    member: 'paymentProof',
    is: orNull({ $ref: '#/definitions/PayoutPaymentProof' }),
    why: 'null until somebody gave one',
  },
  ...['paymentAmountThen', 'paymentAmountNow', 'invoiceAmount', 'overpaidPaymentAmount'].map((member) => ({
    shape: 'InvoiceRefundTriggerData',
    member,
    is: member === 'overpaidPaymentAmount' ? orNull({ type: 'number' }) : { type: 'number' },
    why: 'a number (InvoiceRefundTriggerData); the description says a decimal as text',
  })),
];

/** Members that an answer may leave out; it has all others, those that are null too. */
export const optional = [
  { shape: 'GenericPaymentMethodData', member: 'config', why: 'with includeConfig=true only' },
  { shape: 'ApplicationServerInfoSyncStatusData', member: 'nodeInformation', why: 'of a server with its own node' },
  { shape: 'ApplicationServerInfoSyncStatusData', member: 'chainHeight', why: 'of a server with its own node' },
  { shape: 'ApplicationServerInfoSyncStatusData', member: 'syncHeight', why: 'of a server with its own node' },
];

/** Members that releases before this one do not have. */
export const since = [
  { shape: 'InvoiceData', member: 'paidAmount', release: '2.1.2' },
  { shape: 'InvoiceData', member: 'paymentMethods', release: '2.3.6' },
  { shape: 'StoreData', member: 'refundBOLT11Expiration', release: '2.1.0' },
  { shape: 'StoreData', member: 'additionalTrackedRates', release: '2.2.0' },
  { shape: 'WebhookDeliveryData', member: 'deliveryTime', release: '2.3.4' },
];

const error = { $ref: '#/definitions/ProblemDetails' };
const problems = { $ref: '#/definitions/ValidationProblemDetails' };

/**
 * Answers that the description lacks or has otherwise; `null` is an answer without a body, `any` one that is not the
 * server's own.
 */
export const answers = [
  { status: 401, shape: error, why: 'every route that needs a key' },
  {
    status: 403,
    shape: {
      type: 'object',
      properties: { missingPermission: string, code: { const: 'missing-permission' }, message: string },
    },
    why: 'the description has no body for it; releases since 1.4.0 do',
  },
  { status: 404, shape: error, why: 'the description has no body for it' },
  { status: 400, shape: error, why: 'errors other than of validation; the description says 400 where 422 is sent' },
  { status: 409, shape: error, why: 'the description has no body for it' },
  { status: 422, shape: problems, why: 'what the description calls 400' },
  {
    status: 415,
    shape: { type: 'object', properties: { type: string, title: string, status: { const: 415 } } },
    why: 'ASP.NET answers before the controller does',
  },
  {
    status: 413,
    shape: { type: 'object', properties: { title: string, status: { const: 413 } } },
    why: 'ASP.NET answers before the controller does',
  },
  { status: 501, shape: 'any', why: 'the simulator does not know the route' },
  { status: 500, shape: 'any', why: 'a server that fails answers what it can' },
  { status: 502, shape: 'any', why: 'the proxy in front of the server answers' },
  { status: 503, shape: 'any', why: 'the proxy in front of the server answers' },
  { status: 504, shape: 'any', why: 'the proxy in front of the server answers' },
  { route: 'DELETE /api-keys/current', status: 200, shape: null, why: 'the description promises the key' },
];

/** Routes that are not described. */
export const routes = {
  // GreenfieldStoreRatesController and StoreRateResult.
  'GET /stores/{storeId}/rates': {
    200: {
      type: 'array',
      items: {
        type: 'object',
        additionalProperties: false,
        properties: {
          currencyPair: string,
          rate: orNull({ type: 'string', format: 'decimal' }),
          errors: { type: 'array', items: string },
        },
      },
    },
  },
};

/** Webhooks that are sent and not described, and what they have beside the members of every invoice's events. */
export const webhooks = [
  { type: 'InvoiceExpiredPaidPartial', beside: {}, why: 'sent since 2.1.2' },
  { type: 'InvoicePaidAfterExpiration', beside: {}, why: 'sent since 2.1.2' },
  { type: 'InvoiceRefund', beside: { pullPaymentId: string }, why: 'sent since 2.4.1' },
];
