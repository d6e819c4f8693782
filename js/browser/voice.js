/** Telling the customer, and keeping the page behind the frame out of the way. */

/** @type {HTMLElement | undefined} */
let region;

/**
 * Says it to screen readers, and shows it where the shop has a place for it: any element with `data-kessai-message`.
 * @param {string} text
 */
export function announce(text) {
  if (!region?.isConnected) {
    region = document.createElement('div');
    region.setAttribute('role', 'status');
    // Through the style object, which a strict style policy allows. Out of sight, but not hidden: what is hidden is not read out.
    Object.assign(region.style, {
      position: 'fixed',
      width: '1px',
      height: '1px',
      overflow: 'hidden',
      clipPath: 'inset(50%)',
    });
    document.body.append(region);
  }
  region.textContent = text;
  for (const place of document.querySelectorAll('[data-kessai-message]')) place.textContent = text;
}

/**
 * Takes everything but the frame out of the keyboard's reach.
 * @param {HTMLElement} frame
 * @returns {() => void} gives it back, and the keyboard to what had it
 */
export function isolate(frame) {
  const before = document.activeElement;
  const others = [...document.body.children].filter(
    (element) => element instanceof HTMLElement && element !== frame && element !== region && !element.inert,
  );
  for (const element of others) /** @type {HTMLElement} */ (element).inert = true;
  frame.focus();
  return () => {
    for (const element of others) /** @type {HTMLElement} */ (element).inert = false;
    if (before instanceof HTMLElement && before.isConnected) before.focus();
  };
}
