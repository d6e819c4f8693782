<?php

declare(strict_types=1);

namespace Kessai\OpenCart\Desk;

use Kessai\OpenCart\Extension;
use Kessai\OpenCart\OwnAnswer;
use Kessai\OpenCart\Texts;

/** A sheet that a browser brings, from taking it to the mails after the answer. */
final class Request
{
    /** Seconds for mails after the answer: that of a refund is waited for. */
    private const MAILS = 20.0;

    /** @param callable(): Extension $extension made here, so that what it fails by is answered as well */
    public function take(
        callable $extension,
        #[\SensitiveParameter]
        string $signed
    ): void {
        OwnAnswer::takeOver(fn () => $this->fail());
        try {
            $shop = $extension();
            $this->answer((new Desk($shop))->act($signed, time()));
            $shop->mails()->send(self::MAILS);
        } catch (\Throwable $error) {
            OwnAnswer::log($error);
            if (!OwnAnswer::isGiven()) {
                $this->fail();
            }
        }
    }

    private function fail(): void
    {
        $texts = new Texts('en');
        $this->answer(['error' => $texts->of('desk_failed'), 'remedy' => $texts->of('desk_failed_remedy')]);
    }

    /** @param array<string, mixed> $answer */
    private function answer(array $answer): void
    {
        $body = (string) json_encode($answer, JSON_INVALID_UTF8_SUBSTITUTE);
        OwnAnswer::give(strlen($body), static function () use ($body): void {
            header('content-type: application/json');
            header('cache-control: no-store');
            // The sheet is all that counts, so it may come from an admin on another host.
            header('access-control-allow-origin: *');
            echo $body;
        });
    }
}
