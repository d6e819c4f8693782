/** What a shop gives to `kessai doctor`, here for the server of a test. */
import { createKessai } from '../../../js/node.js';

export default async function openShop() {
  const { settings, now, ...told } = JSON.parse(process.env.DOCTOR_SHOP ?? '');
  // As a database whose connections stay open: the command ends all the same.
  setInterval(() => {}, 1000);
  return { kessai: createKessai({ settings, now: () => now, logger: {}, deadlineMs: 1500 }), ...told };
}
