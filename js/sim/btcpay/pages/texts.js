/** The checkout page's words. */
export const TEXTS = {
  en: {
    banner: 'Simulator: not real money',
    title: 'Pay the invoice',
    order: (/** @type {string} */ id) => `Order ${id}`,
    anyAmount: 'Any amount',
    timeLeft: 'Time left',
    due: 'Still due',
    lightning: 'Lightning invoice',
    onchain: 'Bitcoin address',
    copy: 'Copy',
    copied: 'Copied',
    pay: 'Pay',
    payOnchain: 'Pay on-chain',
    payHalf: 'Pay half',
    payOver: 'Pay too much',
    payLate: 'Pay late',
    payAgain: 'Pay again',
    replace: 'Replace payment',
    mine: 'Mine a block',
    expire: 'Wait until expired',
    tests: 'What else can happen',
    back: 'Return to the shop',
    redirecting: 'Taking you back to the shop…',
    status: {
      New: { title: 'Waiting for payment', text: '' },
      PaidPartial: { title: 'A part has arrived', text: 'Pay the rest before the time is over.' },
      Processing: { title: 'Payment received', text: 'Waiting for a confirmation on the chain.' },
      Settled: { title: 'Paid', text: 'Thank you. The payment is complete.' },
      Expired: {
        title: 'This invoice has expired',
        text: 'Nothing was paid in time. Return to the shop to try again.',
      },
      ExpiredPaidPartial: {
        title: 'Expired, paid in part',
        text: 'Less than the full amount arrived in time. The shop decides what happens.',
      },
      PaidLate: {
        title: 'Paid too late',
        text: 'The payment arrived after the time was over. The shop decides what happens.',
      },
      Invalid: { title: 'This invoice is not valid', text: 'The payment did not confirm, or the shop refused it.' },
    },
  },
  ja: {
    banner: 'シミュレーター：実際のお金は動きません',
    title: 'お支払い',
    order: (/** @type {string} */ id) => `ご注文番号 ${id}`,
    anyAmount: '金額自由',
    timeLeft: '残り時間',
    due: '残りのお支払い額',
    lightning: 'ライトニング請求書',
    onchain: 'ビットコインアドレス',
    copy: 'コピー',
    copied: 'コピーしました',
    pay: '支払う',
    payOnchain: 'オンチェーンで支払う',
    payHalf: '半額だけ支払う',
    payOver: '多く支払う',
    payLate: '期限後に支払う',
    payAgain: 'もう一度支払う',
    replace: '送金の差し替え',
    mine: '1ブロック採掘',
    expire: '期限切れまで待つ',
    tests: 'そのほかの動作を試す',
    back: 'ショップに戻る',
    redirecting: 'ショップに戻ります…',
    status: {
      New: { title: 'お支払いをお待ちしています', text: '' },
      PaidPartial: { title: '一部のお支払いを確認しました', text: '期限までに残りをお支払いください。' },
      Processing: { title: 'お支払いを受け付けました', text: 'ブロックチェーンでの承認を待っています。' },
      Settled: { title: 'お支払いが完了しました', text: 'ありがとうございました。' },
      Expired: {
        title: '請求書の期限が切れました',
        text: '期限内にお支払いがありませんでした。ショップに戻ってやり直してください。',
      },
      ExpiredPaidPartial: {
        title: '期限切れ（一部お支払い済み）',
        text: '期限内に全額が届きませんでした。対応はショップが判断します。',
      },
      PaidLate: {
        title: '期限後のお支払い',
        text: '期限が過ぎてからお支払いが届きました。対応はショップが判断します。',
      },
      Invalid: { title: 'この請求書は無効です', text: '送金が承認されなかったか、ショップが無効にしました。' },
    },
  },
};

/** @typedef {'en' | 'ja'} Language */

/**
 * @param {string | null} asked of the address
 * @param {string | null} given of the invoice
 * @returns {Language}
 */
export const pageLanguage = (asked, given) => (/^ja\b/i.test(asked ?? given ?? '') ? 'ja' : 'en');
