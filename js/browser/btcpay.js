/** The server's own script, `btcpay.js`. */

/**
 * @typedef {object} Btcpay what it puts into `window.btcpay` (BTCPay Server, wwwroot/modal/btcpay.js)
 * @property {(url: string) => void} setApiUrlPrefix
 * @property {(invoiceId: string, params?: { animateEntrance: false }) => void} showInvoice
 * @property {() => void} hideFrame throws where the frame is gone already
 * @property {(callback: () => void) => void} onModalWillLeave a single one: setting it again replaces it
 */

/** @type {Promise<void> | undefined} */
let loading;

/** @returns {Btcpay | undefined} */
export const btcpay = () => /** @type {any} */ (window).btcpay;

/** The frame that the script shows invoices in. */
export const frameOf = () => /** @type {HTMLIFrameElement | null} */ (document.querySelector('iframe[name=btcpay]'));

/**
 * Loads the script, once in a page: a second one would only warn and leave the first in place. The first serves for every server,
 * since each is told as the prefix.
 * @param {string} base the server's address
 */
export async function loadBtcpay(base) {
  if (btcpay()) return;
  loading ??= new Promise((resolve, reject) => {
    const script = document.createElement('script');
    script.src = `${base}/modal/btcpay.js`;
    script.onload = () => resolve();
    script.onerror = reject;
    document.head.append(script);
  });
  try {
    await loading;
  } catch (error) {
    loading = undefined;
    throw error;
  }
}
