/** What customers are told. */

/** @import { Texts } from '../browser.js' */

/** @type {Record<string, Texts>} */
const TEXTS = {
  en: {
    title: 'Payment',
    opening: 'Opening the payment page…',
    paid: 'Thank you! Your payment has been received.',
    processing: 'Your payment has arrived and is being confirmed. Please do not pay again.',
    partlyPaid: 'Part of the amount has arrived. Please pay the rest before the time runs out.',
    expired: 'The time to pay has run out. If you have just paid, please do not pay again: we will see it.',
    invalid: 'The payment did not go through. If you have sent money, please contact us before paying again.',
    closed: 'The payment page was closed. You can open it again to pay.',
    redirected: 'The payment continues on the payment page…',
  },
  ja: {
    title: 'お支払い',
    opening: 'お支払い画面を開いています…',
    paid: 'お支払いを確認しました。ありがとうございます。',
    processing: 'ご入金があり、承認を待っています。重ねてお支払いにならないようお願いいたします。',
    partlyPaid: '一部のご入金がありました。期限までに残りをお支払いください。',
    expired:
      'お支払いの期限が過ぎました。お支払いになった直後の場合は、重ねてお支払いにならず、しばらくお待ちください。',
    invalid: 'お支払いは完了しませんでした。すでにお支払いになった場合は、再度お支払いになる前にご連絡ください。',
    closed: 'お支払い画面を閉じました。もう一度開いてお支払いいただけます。',
    redirected: 'お支払いページへ移動します…',
  },
};

/** @param {string} language such as `ja-JP` */
export const textsOf = (language) =>
  TEXTS[language.toLowerCase().split(/[-_]/)[0] ?? ''] ?? /** @type {Texts} */ (TEXTS.en);
