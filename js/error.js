/** @import { KessaiFailure } from './index.d.ts' */

/**
 * What the shim itself can fail with; every other code comes from the core with its text.
 * `answer` is what a webhook endpoint gives: BTCPay Server (2.3.4 and later) takes a 4xx as final and repeats a 5xx, so
 * whatever the merchant can still mend answers 503.
 * Each language has the likely cause and the remedy.
 */
const FAILURES = /** @type {const} */ ({
  'internal.trap': {
    answer: 500,
    en: [
      'The core stopped in the middle of a call. It was restarted, and this call stored and sent nothing.',
      'Try once more. If it stops again, report the operation and the version of kessai.',
    ],
    ja: [
      '処理の途中でコアが停止しました。コアは再起動され、この呼び出しでは何も保存・送信されていません。',
      'もう一度お試しください。再発する場合は、操作名と kessai のバージョンをご報告ください。',
    ],
  },
  'internal.rounds': {
    answer: 500,
    en: [
      'The operation kept asking for requests and was stopped.',
      'Report the operation and the version of kessai, and of the payment server.',
    ],
    ja: [
      '要求の繰り返しが上限に達したため、処理を中止しました。',
      '操作名、kessai と決済サーバーのバージョンをご報告ください。',
    ],
  },
  'order.unknown': {
    answer: 200,
    en: ['The shop has no such order.', 'Check the id: orders.transact returned undefined for it.'],
    ja: ['この注文はショップに存在しません。', 'ID をご確認ください(orders.transact が undefined を返しました)。'],
  },
  'config.transact': {
    answer: 503,
    en: [
      'orders.transact does not keep its contract, so nothing further was done.',
      'Give createKessai an orders.transact that calls step once the row is locked and before the transaction ends, ' +
        'returns true after the commit, and undefined only where there is no such order.',
    ],
    ja: [
      'orders.transact が規約どおりに動作していないため、処理を中止しました。',
      'orders.transact では、行をロックした後、トランザクションの終了前に step を呼び、コミット後に true を返してください。' +
        'undefined は注文が存在しない場合にのみ返します。',
    ],
  },
  'config.record': {
    answer: 503,
    en: [
      "The order's payment record did not come back from the database as text.",
      'Pass step a `record` that is the stored string, or null where the order has none yet. Keep it in a text column: ' +
        'a driver parses JSON columns and hands out binary ones as bytes.',
    ],
    ja: [
      '注文の決済レコードがデータベースから文字列として返されませんでした。',
      'step の record には保存済みの文字列、まだない場合は null を渡してください。TEXT 型の列に保存してください' +
        '(JSON 型はドライバーが解析し、バイナリー型はバイト列になります)。',
    ],
  },
  'webhook.parsedBody': {
    answer: 500,
    en: [
      'This is a parsed object; pass the raw body. The signature covers the bytes as they came.',
      "Are you passing the raw request body? In Express use express.raw({ type: 'application/json' }) on this route, " +
        'before any express.json(), and pass req.body.',
    ],
    ja: [
      '解析済みのオブジェクトです。署名は受信したバイト列に対するものなので、生のボディを渡してください。',
      "生のリクエストボディを渡していますか。Express ではこのルートに express.json() より前に express.raw({ type: 'application/json' }) " +
        'を設定し、req.body を渡してください。',
    ],
  },
});

/**
 * An operation that failed. `code` is stable; `message` and `remedy` are for people, in the language of the settings.
 * Neither holds a secret or anything of a customer.
 */
export class KessaiError extends Error {
  /**
   * @param {KessaiFailure} failure the `err` of a reply
   * @param {ErrorOptions} [options]
   */
  constructor(failure, options) {
    super(failure.message, options);
    this.name = 'KessaiError';
    this.code = failure.code;
    this.remedy = failure.remedy;
    this.retryable = failure.retryable;
    this.answer = failure.answer;
    this.retryAfter = failure.retryAfter;
    this.details = failure.details;
  }

  /** The `err` of a reply again. */
  toJSON() {
    const { code, message, remedy, retryable, answer, retryAfter, details } = this;
    return { code, message, remedy, retryable, answer, retryAfter, details };
  }
}

/**
 * An error of the shim's own.
 * @param {keyof typeof FAILURES} code
 * @param {{ language?: string | undefined, cause?: unknown }} [options]
 * @returns {KessaiError}
 */
export function failure(code, { language, cause } = {}) {
  const { answer, en, ja } = FAILURES[code];
  const [message, remedy] = language === 'ja' ? ja : en;
  return new KessaiError(
    { code, message, remedy, retryable: false, answer },
    cause === undefined ? undefined : { cause },
  );
}
