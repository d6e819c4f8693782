/** A headless Chromium that talks to nobody but the pages under test. */
import { chromium } from 'playwright-core';

const FLAGS = [
  '--headless=new',
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
  '--disable-dev-shm-usage',
  // A frame of another site that is loaded anew in a process of its own is at times lost to Playwright.
  '--disable-site-isolation-trials',
];

export const launch = () => chromium.launch({ executablePath: '/usr/bin/chromium', args: FLAGS });

export const desktop = { viewport: { width: 1280, height: 800 }, locale: 'en-US' };
export const phone = { viewport: { width: 390, height: 800 }, locale: 'ja-JP', hasTouch: true, isMobile: true };
