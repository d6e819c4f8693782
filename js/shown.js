/**
 * What a log may show of a document: everything that is not named here is shown by its type and size. A member is in a list
 * because nobody can do harm with its value, or because its name alone tells something (HIDDEN).
 *
 * A value is shown where its member has a form that it fits, so that a mail address that came as a status is not shown either.
 * @typedef {RegExp | 'hidden' | 'own' | 'free' | { [name: string]: Shape }} Shape of a value, or of each element of a list
 */

/** The name is shown, the value is not, nor in any text. */
const HIDDEN = /** @type {const} */ ('hidden');

/** As HIDDEN, and its owner may read it in an error: an address of the server's. */
const OWN = /** @type {const} */ ('own');

/** The name is shown. The value is text of the server's, and is told with the error, without what is hidden (js/scrub.js). */
const FREE = /** @type {const} */ ('free');

const id = /^[\w-]{1,64}$/;
export const INVOICE_ID = id;
/** Order ids and statuses as the shop has them, in its own script. */
const label = /^[\p{L}\p{N}][\p{L}\p{N} #._:/-]{0,63}$/u;
const word = /^[A-Za-z][A-Za-z0-9._-]{0,39}$/;
/** `checkout.redirectURL`: a member of a request, as errors name it. */
const field = /^[A-Za-z]{1,30}(\.[A-Za-z]{1,30}){0,4}$/;
/** `ja`, `de-AT`. */
const language = /^[A-Za-z]{2,3}(-[A-Za-z0-9]{2,8})?$/;
const decimal = /^-?\d{1,20}(\.\d{1,20})?$/;
const whole = /^-?\d{1,12}$/;
const flag = /^(true|false)$/;
const version = /^\d[\d.]{0,19}$/;
/** `btcpay.store.canviewinvoices`, with the store's id behind it where there is one. */
const permission = /^[a-z]+(\.[a-z]+){1,3}(:[\w-]{0,64})?$/;

/** @param {string} names */
const hidden = (names) =>
  /** @type {{ [name: string]: 'hidden' }} */ (Object.fromEntries(names.split(/\s+/).map((name) => [name, HIDDEN])));

/** The same in every document. A bare `id` is not: a pull payment's opens its money to whoever has it. */
const FACTS = {
  orderId: label,
  orderIds: label,
  invoiceId: id,
  storeId: id,
  shopId: label,
  status: word,
  statuses: word,
  additionalStatus: word,
  case: word,
  sure: flag,
  code: word,
  kind: word,
  type: word,
  event: word,
  version,
  amount: decimal,
  paidAmount: decimal,
  total: decimal,
  rate: decimal,
  currency: word,
  language,
  paymentMethod: word,
  paymentMethodId: word,
  paymentMethods: word,
  payoutMethod: word,
  method: word,
  now: whole,
  at: whole,
  timestamp: whole,
  createdAt: whole,
  createdTime: whole,
  expiresAt: whole,
  expirationTime: whole,
  monitoringUntil: whole,
  monitoringExpiration: whole,
  archived: flag,
  ours: flag,
  ...hidden(
    'apiKey secret token key keys record text message name label description url claimLink checkoutLink refundId',
  ),
};

const checkout = {
  speedPolicy: word,
  paymentMethods: word,
  defaultPaymentMethod: word,
  defaultLanguage: language,
  expirationMinutes: whole,
  monitoringMinutes: whole,
  paymentTolerance: decimal,
  redirectAutomatically: flag,
  ...hidden('redirectURL'),
};

const CASES =
  'new processing partlyPaid settled settledOverpaid markedSettled markedInvalid invalid invalidWithMoney paidLate ' +
  'paidLateUnconfirmed paidLatePartly expiredPartlyPaid expiredUnpaid';

const CUSTOMER = 'name email country zip state city address1 address2 phone';

/** Free JSON: any plugin of the server, and any shop of the store, writes what it likes there. */
const metadata = {
  orderId: label,
  ...hidden('kessai orderUrl itemDesc taxIncluded buyerName buyerEmail buyerCountry buyerZip buyerState buyerCity'),
  ...hidden('buyerAddress1 buyerAddress2 buyerPhone'),
};

/** As the server has it, and as the operations return it. */
const invoice = { ...FACTS, id, metadata, checkout, path: field, message: FREE };

const method = {
  ...FACTS,
  id: word,
  activated: flag,
  due: decimal,
  fee: decimal,
  networkFee: decimal,
  paymentMethodFee: decimal,
  paymentMethodPaid: decimal,
  paidByThisMethod: decimal,
  totalPaid: decimal,
  cryptoCode: word,
  payments: {
    value: decimal,
    fee: decimal,
    status: word,
    receivedDate: whole,
    receivedAt: whole,
    ...hidden('id destination'),
  },
  ...hidden('destination paymentLink'),
};

/** What a webhook says of an invoice, between `btcpay.readWebhook` and `order.apply`. */
const message = {
  ...FACTS,
  act: whole,
  after: flag,
  over: flag,
  partly: flag,
  state: word,
  t: whole,
  to: word,
  value: decimal,
  /** One with a slash names a payment, or a refund by what opens it. */
  fact: /^[a-zA-Z]{1,20}$/,
};

/** Of a store's webhook. */
const events = {
  enabled: flag,
  automaticRedelivery: flag,
  authorizedEvents: { everything: flag, specificEvents: word },
};

const shop = { status: label, method: word, shipped: flag, short: flag };

const order = {
  ...FACTS,
  id: label,
  rounding: word,
  digits: whole,
  lines: { kind: word, amount: decimal, quantity: whole, included: flag },
  taxIncluded: decimal,
  customer: hidden(CUSTOMER),
  ...hidden('returnUrl searchTerms'),
};

const settings = {
  ...FACTS,
  adjustments: { paymentMethods: word, percent: decimal, rounding: word },
  checkout,
  customerData: Object.fromEntries(CUSTOMER.split(' ').map((name) => [name, flag])),
  statuses: {
    preset: word,
    initial: label,
    map: Object.fromEntries(CASES.split(' ').map((name) => [name, label])),
    points: flag,
    stock: flag,
    refunded: label,
    releaseOn: word,
  },
  webhookSecrets: { until: whole, name: OWN, secret: HIDDEN },
  serverUrl: OWN,
  customerUrl: OWN,
  onionUrl: OWN,
  ...hidden('shopKey formerShopKeys'),
};

/** Any other route, and what it says where it refuses. */
const reply = {
  ...FACTS,
  message: FREE,
  path: field,
  missingPermission: permission,
  permissions: permission,
  onion: HIDDEN,
  state: word,
  fullySynched: flag,
  defaultCurrency: word,
  ...events,
  originalAmount: decimal,
  originalCurrency: word,
  supportedPaymentMethods: word,
  ...hidden('id viewLink destination'),
};

/** By what a document is. */
export const DOCUMENTS = /** @satisfies {{ [document: string]: Shape }} */ ({
  settings,
  shop,
  input: {
    ...FACTS,
    order,
    message,
    orders: { orderId: label, record: HIDDEN },
    all: flag,
    check: flag,
    feePercent: decimal,
    from: whole,
    mail: flag,
    purpose: word,
    skip: whole,
    take: whole,
    takeBack: flag,
    to: whole,
    validFor: whole,
    via: word,
    viaOnion: flag,
    moved: flag,
    webhookId: id,
    parts: { name: word, version },
    serverUrl: OWN,
    callbackUrl: OWN,
    url: OWN,
    ...hidden('applicationIdentifier applicationName connection headers random search session settings shop state'),
  },
  ok: {
    ...FACTS,
    message,
    metadata,
    invoices: invoice,
    paymentMethods: method,
    due: { orderId: label, message },
    lines: {
      ...FACTS,
      coin: word,
      late: flag,
      state: word,
      value: decimal,
      worth: decimal,
      ...hidden('id transactionId'),
    },
    entries: { at: whole, code: word, invoiceId: id, text: HIDDEN },
    alerts: { at: whole, code: word, ...hidden('key text') },
    checks: { id: word, found: word, verdict: word, ...hidden('title meaning remedy') },
    answer: whole,
    changed: flag,
    complete: flag,
    deleted: flag,
    events: word,
    handsOff: word,
    ignored: word,
    open: whole,
    outcome: word,
    page: word,
    paidAt: whole,
    permissions: permission,
    recheckAt: whole,
    refund: word,
    rest: whole,
    reused: flag,
    serverUrl: OWN,
    verdict: word,
    webhookId: id,
    ...hidden('connection header storeName value'),
  },
  /** `to` of a status is the shop's own word. */
  effects: { kind: word, case: word, code: word, to: label, ...hidden('key text') },
  request: {
    ...FACTS,
    metadata,
    checkout,
    refundVariant: word,
    subtractPercentage: decimal,
    payoutMethodId: word,
    payoutMethods: word,
    customAmount: decimal,
    customCurrency: word,
    ...events,
    ...hidden('additionalSearchTerms'),
  },
  invoice,
  methods: { ...method, message: FREE },
  /** The store itself and its webhooks, of which its owner is told. */
  store: { ...reply, name: OWN, url: OWN },
  reply,
  /** A delivery, once its signature held. */
  webhook: {
    ...FACTS,
    deliveryId: id,
    originalDeliveryId: id,
    orignalDeliveryId: id,
    webhookId: id,
    isRedelivery: flag,
    metadata,
    afterExpiration: flag,
    manuallyMarked: flag,
    overPaid: flag,
    partiallyPaid: flag,
    payment: { value: decimal, fee: decimal, status: word, receivedDate: whole, ...hidden('id destination') },
    payoutState: word,
    ...hidden('pullPaymentId payoutId'),
  },
});

/** Parameters of requests. A search term is not among them. */
/** @type {{ [name: string]: Shape }} */
export const QUERY = {
  endDate: whole,
  includeNeighbourData: flag,
  includeCancelled: flag,
  onlyAccountedPayments: flag,
  orderId: label,
  skip: whole,
  startDate: whole,
  status: word,
  take: whole,
  textSearch: HIDDEN,
};

/** @type {{ [name: string]: Shape }} */
export const HEADERS = {
  'content-type': /^[a-z]{1,20}\/[a-z.+-]{1,40}(; ?charset=[\w-]{1,20})?$/i,
  'retry-after': /^\d{1,9}$/,
  date: /^[A-Z][a-z]{2}, \d{2} [A-Z][a-z]{2} \d{4} \d{2}:\d{2}:\d{2} GMT$/,
  ...hidden(
    'accept authorization btcpay-sig connection content-length cookie host keep-alive location server set-cookie',
  ),
  ...hidden('transfer-encoding user-agent vary via www-authenticate x-forwarded-for x-forwarded-proto'),
};

export const METHODS = /^(GET|POST|PUT|DELETE|PATCH)$/;

/** Not one that carries a pull payment's id. */
export const REQUEST_ID = /^(\d{1,9}\/)?[a-z]{1,24}$/i;

/** A step of an operation. */
export const STEP = /^[a-zA-Z]{1,24}$/;
