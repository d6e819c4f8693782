/** Buttons and links that open the modal by their `data-kessai-*` attributes. */
import { open } from './checkout.js';
import { baseOf, readOptions } from './options.js';

/** @import { CheckoutOptions, Texts } from '../browser.js' */

const TEXT = 'kessaiText';

/** @param {{ servers: string[] }} options */
export function enableButtons({ servers }) {
  const bases = servers.map(baseOf);
  if (bases.length === 0) throw new TypeError('servers: name at least one');
  document.addEventListener('click', (event) => {
    const { target, button, defaultPrevented, ctrlKey, metaKey, shiftKey, altKey } = event;
    const trigger = target instanceof Element && target.closest('[data-kessai-invoice]');
    if (!(trigger instanceof HTMLElement) || defaultPrevented) return;
    if (button !== 0 || ctrlKey || metaKey || shiftKey || altKey) return;
    try {
      // Read first: where an attribute is refused, the link or the form behind the button still lets the customer pay.
      const checkout = readOptions(optionsOf(trigger, bases));
      event.preventDefault();
      open(checkout).catch(complain);
    } catch (error) {
      complain(error);
    }
  });
  // By a click, so that it does what a customer's would: where it cannot be opened, its link is followed.
  /** @type {HTMLElement | null} */ (document.querySelector('[data-kessai-invoice][data-kessai-open]'))?.click();
}

/**
 * What stands in an attribute may have come from anywhere, so servers are only those of the page's own configuration.
 * @param {HTMLElement} trigger
 * @param {string[]} bases
 * @returns {CheckoutOptions}
 */
function optionsOf(trigger, bases) {
  const { dataset } = trigger;
  const { kessaiServer, kessaiReturn: returnUrl, kessaiStatus: statusUrl, kessaiLanguage: language } = dataset;
  const serverUrl = kessaiServer === undefined ? bases[0] : bases.find((base) => base === baseOf(kessaiServer));
  if (!serverUrl) throw new TypeError('data-kessai-server: it is none of the servers of this page');
  return {
    invoiceId: dataset.kessaiInvoice ?? '',
    serverUrl,
    target: trigger,
    ...(returnUrl !== undefined && { returnUrl }),
    ...(statusUrl !== undefined && { statusUrl }),
    ...(language !== undefined && { language }),
    texts: textsIn(dataset),
  };
}

/**
 * `data-kessai-text-partly-paid` is the text `partlyPaid`.
 * @param {DOMStringMap} dataset
 * @returns {Partial<Texts>}
 */
function textsIn(dataset) {
  const given = Object.entries(dataset).filter(([name]) => name.startsWith(TEXT));
  return Object.fromEntries(given.map(([name, text]) => [nameOf(name.slice(TEXT.length)), text ?? '']));
}

/** @param {string} name */
const nameOf = (name) => name.charAt(0).toLowerCase() + name.slice(1);

/** @param {unknown} error */
const complain = (error) => console.error('kessai:', error);
