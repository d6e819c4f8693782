import { asOf } from './members.js';
import { methodNameOf } from './paymentMethods.js';

/** @typedef {import('./state.js').Event} Event */

/**
 * An invoice's event as a release tells it to webhooks.
 * @param {import('./versions.js').Behaviour} behaviour
 * @param {Event} event with the fields of every release
 * @returns {Event | null} null: the release has no such event
 */
export function eventAsOf(behaviour, { type, fields }) {
  const dated = /** @type {Record<string, unknown>} */ (behaviour);
  if (dated[type] === false) return null;
  const told = 'payment' in fields ? paymentFields(behaviour, type, fields) : fields;
  return { type, fields: asOf(behaviour.version, type, told) };
}

/**
 * @param {import('./versions.js').Behaviour} behaviour
 * @param {string} type
 * @param {Record<string, any>} fields
 */
function paymentFields(behaviour, type, { afterExpiration, paymentMethodId, payment, overPaid }) {
  // 1.x does not count an unconfirmed transaction yet when it tells of it: BTCPay Server's issue 3369.
  const unseen = !behaviour.modernNames && payment.status === 'Processing';
  const knows = type !== 'InvoicePaymentSettled' || behaviour.paymentSettledKnowsExpiry;
  return {
    afterExpiration: afterExpiration && knows,
    paymentMethodId,
    paymentMethod: methodNameOf(paymentMethodId, behaviour),
    payment: unseen ? { ...payment, status: 'Invalid' } : payment,
    overPaid,
  };
}
