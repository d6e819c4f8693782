<?php

declare(strict_types=1);

namespace Kessai;

use Kessai\Transport\Failure;

/**
 * What the client says of itself, where the core cannot be asked for its words.
 *
 * @internal
 */
final class Texts
{
    /** Failures after which the same call may succeed. */
    private const RETRYABLE = ['sidecar.absent', 'sidecar.timeout', 'sidecar.lost', 'process.timeout'];

    /** @var array<string, array<string, array{string, string}>> message and remedy */
    private const TEXTS = [
        'en' => [
            'sidecar.absent' => [
                'Nothing answers at {place}: kessai does not run there, or the user of this PHP process may not reach it.',
                'Start it: {command}. Where it runs, put the user of PHP into the group of its socket.',
            ],
            'sidecar.timeout' => [
                'kessai at {place} did not answer within {seconds} seconds.',
                'Try again. Where it happens often, look at /metrics of kessai serve, and start more of them.',
            ],
            'sidecar.lost' => [
                'The connection to kessai at {place} ended before the reply was there.',
                'Try again; it may have been started anew. Its log has the reason.',
            ],
            'sidecar.replyTooLarge' => [
                'The reply of kessai at {place} is larger than any should be.',
                'Ask for less at once, by take and skip.',
            ],
            'sidecar.foreign' => [
                'What answers at {place} is not kessai.',
                'Compare the address with that of kessai serve. It tells its version in the header kessai-version.',
            ],
            'process.absent' => [
                '{node} could not be started.',
                'Install Node.js 20.19 or newer, or name its path: new Process(null, "/usr/bin/node").',
            ],
            'process.disabled' => [
                'This PHP may not start programs: proc_open is disabled.',
                'Use kessai serve with the transport UnixSocket or Tcp, or allow proc_open in php.ini.',
            ],
            'process.failed' => ['kessai call failed: {reason}.', 'Run the same by hand: npx kessai call error.tell'],
            'process.timeout' => ['kessai call did not end within {seconds} seconds.', 'Try again.'],
            'client.older' => [
                'This PHP client is {client}, and kessai is {server}: too far apart to work together.',
                'Update the PHP client (plugins/client of the kessai package) to {server}.',
            ],
            'client.newer' => [
                'This PHP client is {client}, and kessai is {server}: too far apart to work together.',
                'Update kessai, and start kessai serve anew: npm install kessai@{client}.',
            ],
            'client.ahead' => [
                'kessai {server} is older than this PHP client ({client}) and does not know what it was asked: {reason}',
                'Update kessai, and start kessai serve anew: npm install kessai@{client}.',
            ],
            'client.input' => [
                'The input of {op} cannot be written as JSON: {reason}.',
                'Pass texts as UTF-8, and nothing but texts, numbers, booleans, null and arrays.',
            ],
            'client.reply' => ['The reply of {op} cannot be read.', 'Try again; please report it where it happens again.'],
            'client.effect' => [
                'This PHP client does not know the effect {kind}.',
                'Update the PHP client; nothing was stored, and the same message is worked on when it comes again.',
            ],
        ],
        'ja' => [
            'sidecar.absent' => [
                '{place} から応答がありません。kessai が動いていないか、この PHP の実行ユーザーに接続する権限がありません。',
                '起動してください: {command}。動いている場合は、PHP の実行ユーザーをソケットのグループに加えてください。',
            ],
            'sidecar.timeout' => [
                '{place} の kessai が {seconds} 秒以内に応答しませんでした。',
                'もう一度お試しください。頻繁に起きる場合は kessai serve の /metrics を確認し、台数を増やしてください。',
            ],
            'sidecar.lost' => [
                '{place} の kessai との接続が、応答が届く前に切れました。',
                'もう一度お試しください。再起動の途中かもしれません。理由は kessai のログにあります。',
            ],
            'sidecar.replyTooLarge' => [
                '{place} の kessai の応答が大きすぎます。',
                'take と skip で、一度に取得する件数を減らしてください。',
            ],
            'sidecar.foreign' => [
                '{place} で応答しているのは kessai ではありません。',
                'アドレスが kessai serve のものと同じか確認してください。kessai はヘッダー kessai-version を返します。',
            ],
            'process.absent' => [
                '{node} を起動できませんでした。',
                'Node.js 20.19 以降をインストールするか、場所を指定してください: new Process(null, "/usr/bin/node")。',
            ],
            'process.disabled' => [
                'この PHP はプログラムを起動できません（proc_open が無効です）。',
                'kessai serve と UnixSocket または Tcp を使うか、php.ini で proc_open を許可してください。',
            ],
            'process.failed' => [
                'kessai call が失敗しました: {reason}',
                '手で実行して確認してください: npx kessai call error.tell',
            ],
            'process.timeout' => ['kessai call が {seconds} 秒以内に終わりませんでした。', 'もう一度お試しください。'],
            'client.older' => [
                'この PHP クライアントは {client}、kessai は {server} で、版が離れすぎています。',
                'PHP クライアント（kessai パッケージの plugins/client）を {server} に更新してください。',
            ],
            'client.newer' => [
                'この PHP クライアントは {client}、kessai は {server} で、版が離れすぎています。',
                'kessai を更新し、kessai serve を起動し直してください: npm install kessai@{client}。',
            ],
            'client.ahead' => [
                'kessai {server} はこの PHP クライアント（{client}）より古く、求められたことを知りません: {reason}',
                'kessai を更新し、kessai serve を起動し直してください: npm install kessai@{client}。',
            ],
            'client.input' => [
                '{op} の入力を JSON にできません: {reason}',
                '文字列は UTF-8 で、文字列・数値・真偽値・null・配列だけを渡してください。',
            ],
            'client.reply' => ['{op} の応答を読み取れません。', 'もう一度お試しください。続く場合はご報告ください。'],
            'client.effect' => [
                'この PHP クライアントは {kind} という指示を知りません。',
                'PHP クライアントを更新してください。何も保存されておらず、同じ通知は次に届いたときに処理されます。',
            ],
        ],
    ];

    /** @param array<string, string> $values what the text names */
    public static function exception(
        string $code,
        array $values,
        string $language,
        ?\Throwable $previous = null
    ): KessaiException {
        $names = array_map(static fn (string $name): string => '{' . $name . '}', array_keys($values));
        $texts = self::TEXTS[$language][$code] ?? self::TEXTS['en'][$code];
        [$message, $remedy] = str_replace($names, array_values($values), $texts);
        $retryable = in_array($code, self::RETRYABLE, true);
        return new KessaiException([
            'code' => $code,
            'message' => $message,
            'remedy' => $remedy,
            'retryable' => $retryable,
            'retryAfter' => $retryable ? 1 : null,
            'answer' => 503,
        ], $previous);
    }

    public static function of(Failure $failure, string $language): KessaiException
    {
        return self::exception($failure->failure, $failure->values, $language);
    }
}
