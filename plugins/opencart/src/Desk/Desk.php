<?php

declare(strict_types=1);

namespace Kessai\OpenCart\Desk;

use Kessai\Kessai;
use Kessai\KessaiException;
use Kessai\OpenCart\Extension;
use Kessai\OpenCart\OpenCartLog;
use Kessai\OpenCart\Texts;

/**
 * Where the storefront's side does what an admin signed: operations with a record may move the order, and only there is the
 * order API by which it is moved.
 */
final class Desk
{
    /** Actions that change nothing. */
    public const READING = ['statement', 'csv', 'piece'];

    /** Actions that change an order. */
    public const CHANGING = ['check', 'takeBack', 'acknowledge', 'close', 'refund'];

    /** What a refund's form may say beside its key. */
    private const REFUND = ['key', 'kind', 'amount', 'currency', 'feePercent', 'payoutMethod', 'description', 'invoiceId'];

    private Extension $extension;

    public function __construct(Extension $extension)
    {
        $this->extension = $extension;
    }

    /**
     * Never throws.
     *
     * @param string $signed {@see Sheet}
     * @param int    $now    unix seconds
     *
     * @return array<string, mixed> `ok` with what was found or done, or `error` and `remedy`, for JSON
     */
    public function act(
        #[\SensitiveParameter]
        string $signed,
        int $now
    ): array {
        $texts = new Texts('en');
        try {
            $sheet = Sheet::open($signed, (string) $this->extension->settings()->get('shopKey'), $now);
            if ($sheet === null) {
                return ['error' => $texts->of('desk_sheet'), 'remedy' => $texts->of('desk_sheet_remedy')];
            }
            $texts = new Texts($sheet->language);
            return ['ok' => $this->does($sheet, $texts)];
        } catch (KessaiException $error) {
            return ['error' => $error->getMessage(), 'remedy' => $error->remedy()];
        } catch (\Throwable $error) {
            $this->extension->platform()->log('kessai: desk: ' . OpenCartLog::named($error));
            return ['error' => $texts->of('desk_failed'), 'remedy' => $texts->of('desk_failed_remedy')];
        }
    }

    /** @return array<string, mixed> */
    private function does(Sheet $sheet, Texts $texts): array
    {
        // What changes an order leaves notes and mails behind, which are in the shop's language, whoever the admin is.
        $kessai = $this->extension->kessai(in_array($sheet->action, self::READING, true) ? $texts->language : null);
        $order = ['orderId' => $sheet->orderId];
        $books = new Books($this->extension, $kessai, $texts);
        switch ($sheet->action) {
            case 'statement':
                return $books->statement($sheet->orderId);
            case 'csv':
                return ['csv' => $books->order($sheet->orderId)];
            case 'piece':
                ['from' => $from, 'to' => $to, 'after' => $after] = $sheet->arguments;
                return $books->piece($from, $to, $after);
            case 'check':
                $applied = $kessai->order()->apply($order + ['check' => true]);
                return ['said' => $texts->of($applied['sure'] ? 'checked' : 'checked_unsure', self::named($applied, $texts))];
            case 'takeBack':
                $applied = $kessai->order()->apply($order + ['check' => true, 'takeBack' => true]);
                return ['said' => $texts->of('taken_back', self::named($applied, $texts))];
            case 'close':
                $closed = $kessai->btcpay()->closeInvoice($order);
                return ['said' => $texts->of($closed['changed'] ? 'closed' : 'closed_before')];
            case 'acknowledge':
                return $this->acknowledge($kessai, $order + $sheet->arguments);
            case 'refund':
                $asked = array_filter(array_intersect_key($sheet->arguments, array_flip(self::REFUND)), 'strlen');
                $made = $kessai->btcpay()->refundInvoice($order + $asked + ['mail' => ($sheet->arguments['mail'] ?? '') !== '']);
                return [
                    'said' => $texts->of($made['reused'] ? 'refund_reused' : 'refund_made', [
                        'amount' => "{$made['amount']} {$made['currency']}",
                    ]),
                    'claimLink' => $made['claimLink'],
                ];
        }
        throw new \UnexpectedValueException("There is no action {$sheet->action}");
    }

    /**
     * @param array{orderId: string, keys: list<string>} $asked
     *
     * @return array<string, mixed>
     */
    private function acknowledge(Kessai $kessai, array $asked): array
    {
        ['orderId' => $orderId] = $asked;
        try {
            $kessai->order()->acknowledge($asked);
        } catch (KessaiException $error) {
            if ($error->errorCode() !== 'order.unknown') {
                throw $error;
            }
            // An order that was deleted has nothing left to look at.
            $this->extension->alerts()->settle($orderId, static fn (): array => []);
            return [];
        }
        $this->extension->alerts()->settle($orderId, function () use ($kessai, $orderId): array {
            $timeline = $kessai->order()->timeline(['record' => $this->extension->orders()->record($orderId)]);
            return array_column($timeline['alerts'], 'key');
        });
        return [];
    }

    /**
     * @param array{case: string} $applied
     *
     * @return array{case: string}
     */
    private static function named(array $applied, Texts $texts): array
    {
        return ['case' => $texts->of("case_{$applied['case']}")];
    }
}
