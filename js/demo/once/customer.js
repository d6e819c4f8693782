/** What a customer's browser does at the shop, without the browser. */

/** @typedef {{product: string, quantity: number, email: string}} Cart */

/**
 * Fills in the checkout form.
 * @param {string} shopUrl
 * @param {Cart} cart
 * @returns {Promise<URLSearchParams>} the form
 */
export async function fillForm(shopUrl, { product, quantity, email }) {
  const items = `${product}.${quantity}`;
  const checkout = await page(`${shopUrl}/checkout?items=${items}`);
  const key = /name="key" value="([\w-]+)"/.exec(checkout)?.[1];
  if (!key) throw new Error('The checkout page has no order form.');
  return new URLSearchParams({ items, key, email, name: 'A. Customer', address: 'Kyoto' });
}

/**
 * @param {string} shopUrl
 * @param {URLSearchParams} form
 * @returns {Promise<string>} where the shop sends the customer: to the payment page if it can, else to the order's own
 */
export async function sendForm(shopUrl, form) {
  const response = await fetch(`${shopUrl}/orders`, {
    method: 'POST',
    headers: { origin: shopUrl },
    body: form,
    redirect: 'manual',
  });
  const location = response.headers.get('location');
  if (response.status !== 303 || !location) throw new Error(`The shop answered ${response.status} to the order.`);
  return location;
}

/**
 * Orders without trouble.
 * @param {string} shopUrl
 * @param {Cart} cart
 * @returns {Promise<string>} the payment page
 */
export async function placeOrder(shopUrl, cart) {
  return sendForm(shopUrl, await fillForm(shopUrl, cart));
}

/**
 * The merchant's button that asks the payment server.
 * @param {string} shopUrl
 * @param {string} orderId
 */
export async function checkNow(shopUrl, orderId) {
  const url = `${shopUrl}/merchant/orders/${orderId}/check`;
  const response = await fetch(url, { method: 'POST', headers: { origin: shopUrl } });
  if (!response.ok) throw new Error(`The shop answered ${response.status} to the merchant.`);
}

/**
 * @param {string} url
 * @returns {Promise<string>} the page's HTML
 */
export async function page(url) {
  const response = await fetch(url);
  if (!response.ok) throw new Error(`${new URL(url).pathname} answered ${response.status}.`);
  return response.text();
}
