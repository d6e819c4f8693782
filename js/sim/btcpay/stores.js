/**
 * @typedef {object} Store
 * @property {string} id
 * @property {string} name
 * @property {string | null} website
 * @property {string} defaultCurrency
 * @property {number} invoiceExpiration seconds
 * @property {number} monitoringExpiration seconds
 * @property {'HighSpeed' | 'MediumSpeed' | 'LowMediumSpeed' | 'LowSpeed'} speedPolicy
 * @property {string} paymentTolerance percent
 * @property {boolean} redirectAutomatically
 * @property {boolean} lazyPaymentMethods
 * @property {string | null} defaultPaymentMethod
 * @property {Record<string, unknown>} receipt
 * @property {string[]} paymentMethods those with a wallet
 */

/**
 * A store as BTCPay Server 2.4.1 makes one, with a wallet and a Lightning node linked.
 * @param {Partial<Store> & { id: string }} given
 * @returns {Store}
 */
export const newStore = (given) => ({
  name: 'Simulated store',
  website: null,
  defaultCurrency: 'USD',
  invoiceExpiration: 15 * 60,
  monitoringExpiration: 24 * 60 * 60,
  speedPolicy: 'MediumSpeed',
  paymentTolerance: '0',
  redirectAutomatically: false,
  lazyPaymentMethods: false,
  defaultPaymentMethod: null,
  receipt: {},
  paymentMethods: ['BTC-CHAIN', 'BTC-LN'],
  ...given,
});
