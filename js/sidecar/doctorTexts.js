/** What the doctor's table says beside the checks themselves, whose texts are the core's. */

/** @typedef {'ok' | 'note' | 'skipped' | 'warning' | 'failed'} Verdict */

/**
 * @typedef {object} Texts
 * @property {Record<string, string>} groups by the first part of a check's id
 * @property {Record<Verdict, string>} verdicts
 * @property {string} permissions
 * @property {Record<Verdict, (count: number) => string>} counts
 * @property {string} separator between counts
 * @property {string} joiner between names
 * @property {string} looking
 * @property {string} sound
 * @property {string} first
 * @property {string} again
 * @property {string} page what remedies call the place where a webhook is repaired
 * @property {string} byHand
 * @property {string} noAddress
 * @property {string} copy
 */

/** @type {Texts} */
const en = {
  groups: {
    settings: 'Settings',
    server: 'Server',
    key: 'API key',
    store: 'Store',
    webhook: 'Webhook',
    callback: 'The shop’s own address',
    host: 'This machine',
  },
  verdicts: { ok: 'ok', note: 'note', skipped: 'skipped', warning: 'warning', failed: 'failed' },
  permissions: 'Permissions',
  counts: {
    failed: (count) => `${count} failed`,
    warning: (count) => (count === 1 ? '1 warning' : `${count} warnings`),
    skipped: (count) => `${count} skipped`,
    note: (count) => (count === 1 ? '1 note' : `${count} notes`),
    ok: (count) => `${count} ok`,
  },
  separator: ', ',
  joiner: ', ',
  looking: 'Looking …',
  sound: 'Nothing is to be mended.',
  first: 'Mend this first',
  again: 'Then run the same command again: what could not be looked at may show more.',
  page: 'connection page',
  byHand:
    'A shop without a connection page repairs its webhook by kessai.btcpay.registerWebhook({ url }), once webhookSecrets has a secret; with moved: true where the shop has moved.',
  noAddress: 'To have the webhook looked at too, add --callback with the shop’s webhook address.',
  copy: 'To ask for help, copy what follows. It holds no key, no secret, no address and nothing of a customer.',
};

/** @type {Texts} */
const ja = {
  groups: {
    settings: '設定',
    server: 'サーバー',
    key: 'API キー',
    store: 'ストア',
    webhook: 'Webhook',
    callback: 'ショップの受信',
    host: 'このマシン',
  },
  verdicts: { ok: '正常', note: '参考', skipped: '未確認', warning: '警告', failed: '異常' },
  permissions: '権限',
  counts: {
    failed: (count) => `異常 ${count} 件`,
    warning: (count) => `警告 ${count} 件`,
    skipped: (count) => `未確認 ${count} 件`,
    note: (count) => `参考 ${count} 件`,
    ok: (count) => `正常 ${count} 件`,
  },
  separator: '、',
  joiner: '、',
  looking: '確認しています…',
  sound: '直すところはありません。',
  first: '最初に直すところ',
  again: '直したら、同じコマンドをもう一度実行してください。未確認だった項目から、さらに見つかることがあります。',
  page: '接続画面',
  byHand:
    '接続画面のないショップでは、webhookSecrets にシークレットを設定したうえで、kessai.btcpay.registerWebhook({ url }) で Webhook を修復します。ショップが移転した場合は moved: true を付けます。',
  noAddress: 'Webhook も確認するには、--callback でショップの受信アドレスを指定してください。',
  copy: '相談するときは、以下をコピーして送ってください。キー、シークレット、アドレス、お客様の情報は含まれていません。',
};

/**
 * @param {string | undefined} language
 * @returns {Texts}
 */
export const textsOf = (language) => (language === 'ja' ? ja : en);
