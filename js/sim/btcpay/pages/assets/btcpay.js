/**
 * What a shop's page loads to show an invoice in a frame over itself: the functions, messages and quirks of BTCPay
 * Server's own `modal/btcpay.js`, so that a page that works with this one works with that one.
 */
(() => {
  const shop = /** @type {any} */ (window);
  if (shop.btcpay) {
    console.warn('btcpay.js is loaded a second time; the first one stays.');
    return;
  }

  /** @type {ReturnType<typeof import('../modal.js').modalFeatures>} written in by the simulator, for its version */
  const features = JSON.parse('FEATURES');

  /** Stands where the script does not know its own address; nothing is ever found there. */
  const NOWHERE = 'https://call-setApiUrlPrefix.invalid';
  // A query other than `v` hides the address, as it does on a real server.
  const OWN_ADDRESS = /^(.*)\/modal\/btcpay\.js(\?v=[^&]*)?$/;

  let prefix = [...document.scripts].map(({ src }) => OWN_ADDRESS.exec(src)?.[1]).find((found) => found) ?? NOWHERE;
  let isShowing = false;
  let onEnter = () => {};
  let onLeave = () => {};
  /** @type {(event: MessageEvent) => void} */
  let onMessage = () => {};
  /** @type {AbortController | undefined} */
  let scan;

  const frame = document.createElement('iframe');
  frame.name = 'btcpay';
  frame.allow = 'clipboard-read; clipboard-write';
  Object.assign(frame.style, {
    display: 'none',
    position: 'fixed',
    top: '0',
    left: '0',
    width: '100%',
    height: '100%',
    border: '0',
    zIndex: '2000',
  });

  /**
   * @param {string} invoiceId
   * @param {any} [params] `{animateEntrance: false}`; from 2.3.6 on `{paymentMethodId}` or that id alone
   */
  function appendInvoiceFrame(invoiceId, params) {
    const methodId = features.takesPaymentMethod && (typeof params === 'string' ? params : params?.paymentMethodId);
    const page = methodId ? `/i/${invoiceId}/${methodId}?view=modal` : `/invoice?id=${invoiceId}&view=modal`;
    isShowing = true;
    document.body.append(frame);
    frame.src = prefix + page + (params?.animateEntrance === false ? '&animateEntrance=false' : '');
  }

  function showFrame() {
    if (!frame.isConnected) document.body.append(frame);
    onEnter();
    frame.style.display = 'block';
  }

  function hideFrame() {
    onLeave();
    frame.style.display = 'none';
    isShowing = false;
    // Throws where the frame is gone already.
    document.body.removeChild(frame);
  }

  /** @param {unknown} message */
  const tellFrame = (message) => frame.contentWindow?.postMessage(message, prefix);

  async function startScan() {
    try {
      scan = new AbortController();
      const reader = new shop.NDEFReader();
      reader.onreading = (/** @type {any} */ { message }) => {
        const [record] = message.records;
        tellFrame({ action: 'nfc:data', data: new TextDecoder('utf-8').decode(record.data) });
      };
      reader.onreadingerror = () => tellFrame({ action: 'nfc:error' });
      await reader.scan({ signal: scan.signal });
    } catch {
      tellFrame({ action: 'nfc:error' });
    }
  }

  /** @param {string} address */
  function open(address) {
    if (address.startsWith('bitcoin:')) window.location.href = address;
  }

  /** @param {MessageEvent} event */
  function receive(event) {
    // A prefix is enough here, so `https://pay.example.co` passes for `https://pay.example.com`: shops must look closer.
    if (!isShowing || !prefix.startsWith(event.origin)) return;
    const { data } = event;
    if (data === 'loaded') showFrame();
    else if (data === 'close') hideFrame();
    else if (features.scansNfc && data === 'nfc:startScan') startScan();
    else if (features.scansNfc && data === 'nfc:abort') scan?.abort();
    else if (typeof data?.open === 'string') open(data.open);
    else if (features.opensMail && typeof data?.mailto === 'string') window.location.href = data.mailto;
    onMessage(event);
  }

  window.addEventListener('message', receive);

  shop.btcpay = {
    showInvoice: appendInvoiceFrame,
    ...(features.appendsFrame && {
      appendInvoiceFrame,
      /** @type {typeof appendInvoiceFrame} */
      appendAndShowInvoiceFrame(invoiceId, params) {
        appendInvoiceFrame(invoiceId, params);
        showFrame();
      },
    }),
    showFrame,
    hideFrame,
    /** @param {string} url */
    setApiUrlPrefix(url) {
      prefix = url.replace(/\/+$/, '');
    },
    /** @param {() => void} callback */
    onModalWillEnter(callback) {
      onEnter = callback;
    },
    /** @param {() => void} callback */
    onModalWillLeave(callback) {
      onLeave = callback;
    },
    /** @param {(event: MessageEvent) => void} callback */
    onModalReceiveMessage(callback) {
      onMessage = callback;
    },
  };
})();
