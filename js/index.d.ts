import type { Ops } from './types.js';

export type { Ops };

/** The shop's settings for one BTCPay Server store. Unknown fields are refused with the nearest right name. */
export type Settings = Ops['btcpay.createInvoice']['input']['settings'];

/** Why an operation failed. */
export interface KessaiFailure {
  /** Stable, such as `btcpay.unauthorized`. */
  code: string;
  /** The likely cause, in the language of the settings. */
  message: string;
  /** What to do about it. */
  remedy: string;
  /** Whether the same call may succeed later. */
  retryable: boolean;
  /** The HTTP status with which a webhook endpoint answers. */
  answer: number;
  /** In seconds. */
  retryAfter?: number | undefined;
  details?: unknown;
}

export class KessaiError extends Error implements KessaiFailure {
  constructor(failure: KessaiFailure, options?: ErrorOptions);
  override readonly name: 'KessaiError';
  readonly code: string;
  readonly remedy: string;
  readonly retryable: boolean;
  readonly answer: number;
  readonly retryAfter: number | undefined;
  readonly details: unknown;
  /** The failure again, as JSON takes it. */
  toJSON(): KessaiFailure;
}

/** What the shop must do now, in the transaction that stores the record. The first five are levels, harmless twice. */
export type Effect =
  | { kind: 'status'; to: string; case: string }
  | { kind: 'stock'; to: 'taken' | 'returned' }
  | { kind: 'points'; to: 'taken' | 'returned' }
  /** Unix seconds. */
  | { kind: 'paidDate'; to: number | null }
  | { kind: 'goods'; to: 'release' | 'hold' }
  /** A line in the order's history. */
  | { kind: 'note'; key: string; code: string; text: string }
  /** A mail to the customer, sent after the commit. */
  | { kind: 'mail'; key: string; code: string; text: string }
  /** Something that needs the merchant. */
  | { kind: 'alert'; key: string; code: string; text: string };

/** How an order is found: by its id, or by an invoice of it where a server (before 1.7.1) did not tell the order. */
export interface OrderKey {
  orderId?: string | undefined;
  invoiceId?: string | undefined;
}

/** The order's row as it is under the lock. */
export interface OrderRow {
  /** The stored text, unchanged; null where the order has none yet. */
  record: string | null;
  /** The order as the shop shows it now. `method` is `"btcpay"` where it is still paid through kessai. */
  shop: {
    status: string;
    method?: string | null | undefined;
    shipped?: boolean | undefined;
    short?: boolean | undefined;
  };
  /** Needed where the row was found by `invoiceId`. */
  orderId?: string | undefined;
}

/** What to store and apply before the commit. */
export interface Decision {
  /** The record, text to be stored byte for byte; undefined where it has not changed. */
  save: string | undefined;
  effects: Effect[];
}

/**
 * Opens a transaction, locks the order's row, calls `step` (synchronous) with it, stores `save` and applies `effects`, commits,
 * and returns anything but undefined. Returns undefined, without a call of `step`, where there is no such order. A transaction
 * that is repeated calls `step` again.
 */
export type Transact = (key: OrderKey, step: (row: OrderRow) => Decision) => Promise<unknown>;

export interface Orders {
  transact: Transact;
}

/** How much is logged: nothing, what failed, each operation and each change of a status, or every step of them. */
export type LogLevel = 'off' | 'error' | 'info' | 'debug';

/**
 * `console`, a pino logger, or an object of your own. Each function is called with a short message and with fields that hold no
 * secret and nothing of a customer (docs/manual/logging.md). What it throws is passed over.
 */
export interface Logger {
  debug?(message: string, fields: object): void;
  info?(message: string, fields: object): void;
  /** `fields.cause` is the error of the shop's own database or code, where it was that which failed. */
  error?(message: string, fields: object): void;
}

export interface Options {
  /** Not needed to connect: what comes of that are the settings. */
  settings?: Settings;
  /** Needed by the operations that have a record. */
  orders?: Orders;
  /** Replaces the network. It must not follow redirects (`redirect: 'manual'` is asked for) and screens addresses itself. */
  fetch?: typeof globalThis.fetch;
  /** Unix seconds; the machine's clock by default. */
  now?: () => number;
  /** Lines on stderr by default. */
  logger?: Logger;
  /** `error` by default. In Node the environment variable `KESSAI_LOG` comes first. */
  logLevel?: LogLevel;
  /** For one operation with all its requests and retries, in milliseconds; 25,000 by default. A webhook has 9,000. */
  deadlineMs?: number;
}

export interface GatewayRequest {
  id: string;
  method: string;
  url: string;
  headers: Record<string, string>;
  body?: string;
  timeoutMs: number;
}

export type TransportFailure = 'timeout' | 'refused' | 'dns' | 'tls' | 'reset' | 'tooLarge' | 'blocked' | 'offline';

export type GatewayResponse =
  | { id: string; failure: TransportFailure }
  | { id: string; status: number; headers: Record<string, string>; body: string }
  | { id: string; status: number; headers: Record<string, string>; bodyBase64: string };

/** One step's reply: exactly one of `ok`, `err` and `send`. */
export interface Reply {
  ok?: unknown;
  err?: KessaiFailure;
  send?: GatewayRequest[];
  then?: unknown;
  save?: string;
  effects?: Effect[];
}

/** What a webhook route answers; `body` is JSON text. */
export interface WebhookAnswer {
  status: number;
  body: string;
}

type ByHost = 'settings' | 'record' | 'shop' | 'now' | 'random' | 'runtime';
type Input<Op extends keyof Ops> = Omit<Ops[Op]['input'], ByHost>;
type Ok<Op extends keyof Ops> = Ops[Op]['ok'];
type RawBody = string | Uint8Array | ArrayBuffer;

/** An order and its stored record, read without a lock. */
export interface OrderRecord {
  orderId: string;
  record: string | null;
}

/** What became of one order of a reconciliation. */
export type ReconcileOutcome =
  | { orderId: string; outcome: 'unchanged' }
  | { orderId: string; outcome: 'checked'; case: string; sure: boolean; recheckAt?: number | null | undefined }
  | { orderId: string; outcome: 'failed'; error: Error };

/** It is the `done`th order, of `total` where the orders have a `length`. */
export type Reconciled = ReconcileOutcome & { done: number; total?: number | undefined };

/** Every function rejects with a `KessaiError`, or with what `orders.transact` threw. */
export interface Kessai {
  btcpay: {
    /** The order's invoice: the open one where it still fits, else a new one. Never two that a customer could pay. */
    createInvoice(input: Input<'btcpay.createInvoice'>): Promise<Ok<'btcpay.createInvoice'>>;
    getInvoice(input: Input<'btcpay.getInvoice'>): Promise<Ok<'btcpay.getInvoice'>>;
    listInvoices(input?: Input<'btcpay.listInvoices'>): Promise<Ok<'btcpay.listInvoices'>>;
    paymentMethods(input: Input<'btcpay.paymentMethods'>): Promise<Ok<'btcpay.paymentMethods'>>;
    /** Says by hand what an invoice is, as in BTCPay Server's own pages. */
    markInvoice(
      input: Input<'btcpay.markInvoice'> & { status: 'settled' | 'invalid' },
    ): Promise<Ok<'btcpay.markInvoice'>>;
    /** Makes sure that nobody pays an invoice any more; without `invoiceId`, none of the order's. */
    closeInvoice(input: Input<'btcpay.closeInvoice'>): Promise<Ok<'btcpay.closeInvoice'>>;
    /** Makes a refund, once for each `key`, and says where the customer claims it. All refunds together never exceed what came. */
    refundInvoice(input: Input<'btcpay.refundInvoice'>): Promise<Ok<'btcpay.refundInvoice'>>;
    /** The page of the server where the merchant gives the shop a key. Keep `connection` and send the merchant there. */
    authorizeUrl(input: Input<'btcpay.authorizeUrl'>): Promise<Ok<'btcpay.authorizeUrl'>>;
    /** Parks the key that the server's page sends across sites. Keep `connection`; nothing else changes. */
    readAuthorization(
      input: Input<'btcpay.readAuthorization'>,
      rawForm: RawBody,
    ): Promise<Ok<'btcpay.readAuthorization'>>;
    /** The parked key, for the admin who asked for it. */
    openAuthorization(input: Input<'btcpay.openAuthorization'>): Promise<Ok<'btcpay.openAuthorization'>>;
    /** Whether server, key and store make a shop that can be paid. Needs no settings: it is how one comes to them. */
    checkConnection(input: Input<'btcpay.checkConnection'>): Promise<Ok<'btcpay.checkConnection'>>;
    /** Makes the store's webhook for this shop, or mends the one that is there. */
    registerWebhook(input: Input<'btcpay.registerWebhook'>): Promise<Ok<'btcpay.registerWebhook'>>;
    /** Takes the shop's webhook away, and no other. */
    deleteWebhook(input: Input<'btcpay.deleteWebhook'>): Promise<Ok<'btcpay.deleteWebhook'>>;
    readWebhook(input: Input<'btcpay.readWebhook'>, rawBody: RawBody): Promise<Ok<'btcpay.readWebhook'>>;
    signWebhook(input: Input<'btcpay.signWebhook'>, rawBody: RawBody): Promise<Ok<'btcpay.signWebhook'>>;
  };
  order: {
    /** Decides the order anew; `check: true` asks the gateway, for the customer's return or a "check now" button. */
    apply(input: Input<'order.apply'>): Promise<Ok<'order.apply'>>;
    /** Closes alerts: those named, or all that are open. */
    acknowledge(input: Input<'order.acknowledge'>): Promise<Ok<'order.acknowledge'>>;
    /** Forgets payments and where the customer was sent, once nothing can come any more. The order keeps its case. */
    erase(input: Input<'order.erase'>): Promise<Ok<'order.erase'>>;
    /**
     * Looks after orders whose webhooks may be lost: those due by their records (`all`: every one), 25 to a request; what stands at
     * the server otherwise than in its record goes through `apply`. Stop at any point; called again, it goes on with what is due.
     * Rejects where the server cannot be asked at all.
     */
    reconcile(
      orders: Iterable<OrderRecord> | AsyncIterable<OrderRecord>,
      options?: { all?: boolean },
    ): AsyncGenerator<Reconciled>;
    /** Payments and refunds for the books, with coin, rate and transaction. Asks the server where the record lacks a rate. */
    statement(input: Input<'order.statement'>): Promise<Ok<'order.statement'>>;
    /** What happened to an order, and its open alerts, for a page of it. Pass the stored record. */
    timeline(input: Pick<Ops['order.timeline']['input'], 'record' | 'language'>): Promise<Ok<'order.timeline'>>;
  };
  checkout: {
    /** A token for the link by which a customer finds the order without a session. */
    signReturn(input: Input<'checkout.signReturn'>): Promise<Ok<'checkout.signReturn'>>;
    /** The order of a token. Rejects with `return.invalid` (not ours, or of another purpose) or `return.expired`. */
    verifyReturn(input: Input<'checkout.verifyReturn'>): Promise<Ok<'checkout.verifyReturn'>>;
    /** What the page tells the customer. Pass the stored record; asks nobody. */
    standing(input: Pick<Ops['checkout.standing']['input'], 'record' | 'language'>): Promise<Ok<'checkout.standing'>>;
  };
  doctor: {
    /** Everything that has to be right between the shop and its server, looked at once. What is wrong is in the list: it does not reject. */
    run(input?: Input<'doctor.run'>): Promise<Ok<'doctor.run'>>;
  };
  /**
   * A webhook, whole, for frameworks without a web `Request`. Answers within 10 seconds and never rejects; a body that was
   * parsed on its way is a 500 with `webhook.parsedBody`, and the log says what to do.
   */
  webhook(rawBody: RawBody, headers: Headers | Record<string, string | string[] | undefined>): Promise<WebhookAnswer>;
  /** One raw step of the protocol, with an input that is whole. */
  call(op: string, input: object, raw?: RawBody): Reply;
}

export function createKessai(options: Options): Kessai;

/** A fetch-style route: `export const POST = webhookHandler(kessai)`. */
export function webhookHandler(kessai: Pick<Kessai, 'webhook'>): (request: Request) => Promise<Response>;

/** Signs a body as BTCPay Server does, for tests of your own: set `header` to `value` on the request. */
export function signWebhook(rawBody: RawBody, secret: string): { header: string; value: string };

/** The version of kessai. */
export const version: string;
