/** What a merchant does to mend a connection. */

/** @import { Clinic } from './clinic.js' */

/** What a shop asks for. */
export const WANTED = [
  'canviewinvoices',
  'cancreateinvoice',
  'canmodifyinvoices',
  'canviewstoresettings',
  'webhooks.canmodifywebhooks',
  'cancreatenonapprovedpullpayments',
].map((name) => `btcpay.store.${name}`);

/** The key that the merchant creates or connects anew. @param {Clinic} clinic */
export const newKey = (clinic) => {
  clinic.settings.apiKey = clinic.keyWith(WANTED);
};

/** The merchant's button in the connection page. @param {Clinic} clinic */
export const repair = (clinic) => clinic.connect({ webhookId: clinic.webhook.id });
