/** What the script tag runs: `window.kessai`, and buttons where the tag names servers. */
import { enableButtons, openCheckout } from '../browser.js';

// The tag that runs, and no other one in the page: what is only markup cannot name a server.
const servers = document.currentScript?.dataset.kessaiServers?.split(/\s+/).filter(Boolean);
Object.assign(window, { kessai: { openCheckout, enableButtons } });
if (servers) enableButtons({ servers });
