/** What each operation does, for the PHP client's methods. @type {Record<string, string>} */
export const SUMMARIES = {
  'btcpay.createInvoice':
    "The order's invoice: the open one where it still fits, else a new one. Never two that a customer could pay.",
  'btcpay.getInvoice': 'One invoice, as it stands at the server.',
  'btcpay.listInvoices': "The store's invoices.",
  'btcpay.paymentMethods': 'How an invoice can be paid, and what was paid.',
  'btcpay.markInvoice': "Says by hand what an invoice is, as in BTCPay Server's own pages.",
  'btcpay.closeInvoice': "Makes sure that nobody pays an invoice any more; without `invoiceId`, none of the order's.",
  'btcpay.refundInvoice':
    'Makes a refund, once for each `key`, and says where the customer claims it. All refunds together never exceed what came.',
  'btcpay.authorizeUrl':
    'The page of the server where the merchant gives the shop a key. Keep `connection` and send the merchant to `url`.',
  'btcpay.readAuthorization':
    "Parks the key that the server's page sends across sites. Keep `connection`; nothing else changes.",
  'btcpay.openAuthorization': 'The parked key, for the admin who asked for it.',
  'btcpay.checkConnection':
    'Whether server, key and store make a shop that can be paid. Needs no settings: it is how one comes to them.',
  'btcpay.registerWebhook': "Makes the store's webhook for this shop, or mends the one that is there.",
  'btcpay.deleteWebhook': "Takes the shop's webhook away, and no other.",
  'btcpay.readWebhook': 'Verifies a webhook and says what it is about. `Kessai::webhook()` does the whole of it.',
  'btcpay.signWebhook': 'Signs a body as BTCPay Server does, for tests of your own.',
  'order.apply':
    'Decides the order anew; `check` asks the gateway, for the customer\'s return or a "check now" button.',
  'order.acknowledge': 'Closes alerts: those named, or all that are open.',
  'order.erase':
    'Forgets payments and where the customer was sent, once nothing can come any more. The order keeps its case.',
  'order.reconcile': 'Which of up to 100 orders have to be looked at. `Kessai::reconcile()` looks at them as well.',
  'order.statement':
    'Payments and refunds for the books, with coin, rate and transaction. Asks the server where the record lacks a rate.',
  'order.timeline': 'What happened to an order, and its open alerts, for a page of it. Pass the stored record.',
  'checkout.signReturn': 'A token for the link by which a customer finds the order without a session.',
  'checkout.verifyReturn':
    'The order of a token. Throws `return.invalid` (not ours, or of another purpose) or `return.expired`.',
  'checkout.standing': 'What the page tells the customer. Pass the stored record; asks nobody.',
  'doctor.run':
    'Everything that has to be right between the shop and its server, looked at once. What is wrong is in the list: it does not throw.',
};
