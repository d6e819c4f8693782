/**
 * How a checkout ended.
 *
 * - `paid`: the money is there.
 * - `processing`: it came and waits for confirmation, or for the merchant's eye.
 * - `partlyPaid`: part of it came. Known only where there is a `statusUrl`.
 * - `expired`, `invalid`: as the payment page or the shop said.
 * - `closed`: the customer closed it, and no payment is known of.
 * - `redirected`: the modal could not be shown; the page leaves for the server's own payment page.
 *
 * It is a hint for the page. What the order has become only the server side knows.
 */
export type Outcome = 'paid' | 'processing' | 'partlyPaid' | 'expired' | 'invalid' | 'closed' | 'redirected';

/** What customers are told, each replaceable. `title` names the frame for screen readers. */
export type Texts = Record<Outcome | 'opening' | 'title', string>;

export interface CheckoutOptions {
  /** The invoice's id. */
  invoiceId: string;
  /** The BTCPay Server as customers reach it, with its sub-path where it has one. */
  serverUrl: string;
  /** The server's own payment page, for where the modal cannot be shown. Default: `{serverUrl}/i/{invoiceId}`. */
  checkoutLink?: string;
  /**
   * Where the page goes once money has come, and when the customer closes an invoice that cannot be paid any more: the order's
   * page, which says how it stands. On this origin, http or https. Without it the page stays.
   */
  returnUrl?: string;
  /**
   * The shop's own endpoint that answers with the result of `checkout.standing`: on this origin. It finds what the modal does not
   * tell: a payment made before it opened, in another tab, or after it was closed.
   */
  statusUrl?: string;
  /** Such as `ja` or `en-GB`; the page's own (`<html lang>`) by default, English where there are no texts in it. */
  language?: string;
  /** Texts to use instead of kessai's. */
  texts?: Partial<Texts>;
  /** Where the events are dispatched: `paid`, `processing` and so on, bubbling, with `detail.invoiceId`. Default: the document. */
  target?: EventTarget;
  /** Ends it: the modal closes, and nothing is watched or navigated any more. */
  signal?: AbortSignal;
}

/**
 * Opens the modal checkout of an invoice. While it is open, the same invoice gives the same promise, and another one closes it.
 *
 * @throws {TypeError} (rejects) an option is missing or not allowed. Where `signal` is aborted already, it rejects with its reason
 */
export function openCheckout(options: CheckoutOptions): Promise<Outcome>;

/**
 * Makes every element with `data-kessai-invoice` open the modal checkout, also those that are added later.
 * The servers are those that it may name in `data-kessai-server`; the first is the default.
 *
 * @throws {TypeError} no server, or one that is no http(s) address
 */
export function enableButtons(options: { servers: string[] }): void;
