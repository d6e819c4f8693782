/** A BTCPay Server to develop and test against: on loopback, without money. */

/** The simulator's clock. It runs with the wall clock, or stands still until it is moved. */
export class Clock {
  /** `now`: unix seconds to start at, default the wall clock's; `running: false` keeps it still between moves. */
  constructor(options?: { now?: number; running?: boolean });
  /** Whole unix seconds. */
  now(): number;
  readonly running: boolean;
  /** Moves it forward, stopping at everything that is due on the way. */
  advance(seconds: number): Promise<void>;
}

export interface Store {
  id: string;
  name: string;
  website: string | null;
  defaultCurrency: string;
  /** Seconds. */
  invoiceExpiration: number;
  /** Seconds after the expiration. */
  monitoringExpiration: number;
  speedPolicy: 'HighSpeed' | 'MediumSpeed' | 'LowMediumSpeed' | 'LowSpeed';
  /** Percent. */
  paymentTolerance: string;
  redirectAutomatically: boolean;
  lazyPaymentMethods: boolean;
  defaultPaymentMethod: string | null;
  receipt: Record<string, unknown>;
  /** Those with a wallet, as 2.x names them: `BTC-CHAIN`, `BTC-LN`, `BTC-LNURL`. Default: the first two. */
  paymentMethods: string[];
}

export interface SimOptions {
  /** Of BTCPay Server, 1.0.6 or later; default `2.4.1`. */
  version?: string;
  /** 0, the default, takes a free one. */
  port?: number;
  /** Where the server lives, for example `/btcpay`. */
  rootPath?: string;
  /** Default: one that runs with the wall clock. */
  clock?: Clock;
  /** Default: a new one. */
  apiKey?: string;
  /** Default: a new one. */
  storeId?: string;
  /** Settings of that store. */
  store?: Partial<Store>;
  /** One to begin with. An empty secret makes a new one. */
  webhook?: { url: string; secret: string };
  /** Of 1 BTC, by currency, beside or instead of those it knows: BTC, SATS, JPY, USD. */
  prices?: Record<string, string>;
  /** Keeps everything from one process to the next. */
  stateFile?: string;
  /** How long an answer to a webhook may take, on the wall clock; default 100 s. */
  deliveryTimeoutMs?: number;
  /** How long the checkout page waits before it follows `redirectURL`; default: as the release does. */
  redirectSeconds?: number;
}

export interface PayOptions {
  /** Default: Lightning, where the invoice has it. */
  method?: 'lightning' | 'onchain';
  /** What is due, half or one and a half of it, or coins as a decimal; default `due`. */
  amount?: 'due' | 'half' | 'over' | (string & {});
  /** The transaction signals that it may be replaced. */
  replaceable?: boolean;
}

export interface Payment {
  /** `<txid>-<vout>`, or a payment hash. */
  id: string;
  methodId: string;
  /** Unix seconds. */
  receivedDate: number;
  /** Coins. */
  value: string;
  status: 'Processing' | 'Settled' | 'Invalid';
}

export interface Invoice {
  readonly id: string;
  readonly storeId: string;
  readonly amount: string;
  readonly currency: string;
  readonly status: 'New' | 'Processing' | 'Settled' | 'Expired' | 'Invalid';
  readonly additionalStatus: 'None' | 'PaidPartial' | 'PaidOver' | 'PaidLate' | 'Marked';
  readonly metadata: Record<string, unknown>;
  readonly payments: readonly Payment[];
}

export interface Webhook {
  readonly id: string;
  readonly storeId: string;
  readonly url: string;
  readonly enabled: boolean;
  readonly secret: string;
}

export interface Delivery {
  readonly id: string;
  readonly webhookId: string;
  readonly type: string;
  readonly httpCode: number | null;
  readonly errorMessage: string | null;
  readonly status: 'Failed' | 'HttpError' | 'HttpSuccess';
  /** The body, byte for byte. */
  readonly request: string;
}

export interface PullPayment {
  readonly id: string;
  /** The invoice it refunds. */
  readonly invoiceId: string | null;
  readonly currency: string;
  readonly amount: string;
  readonly autoApproveClaims: boolean;
  readonly payoutMethods: readonly string[];
  readonly archived: boolean;
}

export interface Payout {
  readonly id: string;
  readonly pullPaymentId: string;
  readonly destination: string;
  readonly methodId: string;
  /** In the pull payment's currency. */
  readonly originalAmount: string;
  /** Coins, once approved. */
  readonly amount: string | null;
  readonly state: 'AwaitingApproval' | 'AwaitingPayment' | 'InProgress' | 'Completed' | 'Cancelled';
}

/** What goes wrong, with what and how often: all kinds are in the manual. */
export interface FaultOptions {
  /** A delivery to a shop, or a request to the API. */
  on: 'webhook' | 'api';
  kind: string;
  /** Default 1. */
  times?: number | 'always';
  /** Of a delay, on the simulator's clock. */
  seconds?: number;
  /** Of a slow answer, on the wall clock. */
  milliseconds?: number;
  /** Only this event type or request; a star stands for anything. */
  match?: string;
}

export class BtcpaySim {
  private constructor();
  readonly version: string;
  /** The server's address, without a slash at its end. */
  readonly url: string;
  readonly storeId: string;
  readonly apiKey: string;
  readonly clock: Clock;
  /** What 1 BTC costs, by currency. Set one to let the market move. */
  readonly prices: Record<string, string>;
  /** Requests for which there is no route. */
  readonly unknownRoutes: { method: string; path: string }[];
  /** Whether the server's node knows the newest blocks, as it says of itself; true unless set. */
  isSynchronised: boolean;
  readonly webhooks: { of(storeId: string): Webhook[] };
  readonly deliveries: {
    /** Newest first. */
    list(webhookId?: string): Delivery[];
    /** How many are not finished. */
    waiting(webhookId?: string): number;
  };
  readonly faults: {
    /** Those still to happen, oldest first; `times` is how often. */
    list(): (FaultOptions & { id: string })[];
    /** What has happened so far, oldest first; `at` is in unix seconds, `subject` an event type or a request. */
    readonly fired: { id: string; on: string; kind: string; subject: string; at: number }[];
    /** One of them. */
    clear(id: string): void;
  };
  /** Errors are those of the API. */
  readonly pullPayments: {
    find(id: string): PullPayment | undefined;
    /** Newest first. */
    all(storeId?: string): PullPayment[];
    /** Newest first. */
    payouts(pullPaymentId?: string): Payout[];
    /** A customer asks for money; without an amount, for all that is left. */
    claim(id: string, claim: { destination: string; method?: string; amount?: string }): Payout;
    approve(payoutId: string): Payout;
    /** The store pays, after approving where that is still to be done. */
    pay(payoutId: string): Payout;
    cancel(payoutId: string): Payout;
    archive(id: string): void;
  };

  addStore(settings?: Partial<Store>): Store;
  /** Permissions are `policy` or `policy:storeId`. Returns the key. */
  addKey(permissions: string[], apiKey?: string): string;
  revokeKey(apiKey: string): void;
  /** Throws where there is none. */
  invoice(id: string): Invoice;
  /** A customer pays. */
  pay(invoiceId: string, options?: PayOptions): Payment;
  /** The customer's unconfirmed transaction is replaced: by one that pays elsewhere or, with an amount, by another. */
  replace(invoiceId: string, options?: { paymentId?: string; amount?: string }): Payment | null;
  /** Blocks are found; default 1. */
  mine(blocks?: number): void;
  /** The merchant marks an invoice by hand. False where the server refuses. */
  mark(invoiceId: string, status: 'Settled' | 'Invalid'): boolean;
  /** Moves the clock on, for everything in the simulator. */
  advance(seconds: number): Promise<void>;
  /** Moves the clock on until the invoice's time is over. */
  expire(invoiceId: string): Promise<void>;
  /** Sends a delivery again. Returns the new delivery's id. */
  redeliver(deliveryId: string): string;
  /** Tries a webhook out, as BTCPay Server 1.2.0 to 2.2 could. Throws for others. */
  testWebhook(webhookId: string, type: string): Promise<unknown>;
  /** Makes something go wrong from now on. Returns the fault's id. */
  fault(options: FaultOptions): string;
  /** Nothing goes wrong any more, and what a fault holds back arrives. */
  clearFaults(): void;
  /** The server's process ends and starts again; what waited to be delivered is lost. */
  restart(options?: { loseQueue?: boolean }): Promise<void>;
  /** Resolves when nothing is being sent any more. */
  idle(): Promise<void>;
  close(): Promise<void>;
}

/** Starts a simulator of BTCPay Server on 127.0.0.1. */
export function startBtcpaySim(options?: SimOptions): Promise<BtcpaySim>;
