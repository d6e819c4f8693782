/** What a shop gives to `kessai reconcile`, with a server that is not there, and without a logger of its own. */
import { createKessai } from '../../../js/node.js';

const settings = {
  serverUrl: 'http://127.0.0.1:1',
  storeId: 's1',
  apiKey: 'key',
  shopId: 'log',
  shopKey: 'k'.repeat(32),
};

export default {
  kessai: createKessai({ settings, orders: { transact: async () => undefined } }),
  orders: [{ orderId: '1', record: null }],
};
