/** What a customer's browser does at the shop, without the browser. */

/**
 * Fills in the checkout form and sends it.
 * @param {string} shopUrl
 * @param {{product: string, quantity: number, email: string}} cart
 * @returns {Promise<string>} the payment page to which the shop sends the customer
 */
export async function placeOrder(shopUrl, { product, quantity, email }) {
  const checkout = await page(`${shopUrl}/checkout?product=${product}&quantity=${quantity}`);
  const key = /name="key" value="([\w-]+)"/.exec(checkout)?.[1];
  if (!key) throw new Error('The checkout page has no order form.');
  const response = await fetch(`${shopUrl}/orders`, {
    method: 'POST',
    headers: { origin: shopUrl },
    body: new URLSearchParams({ product, quantity: String(quantity), key, email }),
    redirect: 'manual',
  });
  const location = response.headers.get('location');
  if (response.status !== 303 || !location) throw new Error(`The shop answered ${response.status} to the order.`);
  return location;
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
