<?php

declare(strict_types=1);

namespace Kessai\OpenCart\Admin;

/** Whether an address of this shop is what it should be: servers are set up to run some files and not others. */
final class Answers
{
    private const SECONDS = 5;

    private function __construct()
    {
    }

    /** Whether a message without a signature is refused by kessai, and by nothing before it. */
    public static function asWebhook(string $url): bool
    {
        $curl = curl_init($url);
        curl_setopt_array($curl, [
            CURLOPT_POST => true,
            CURLOPT_POSTFIELDS => '{}',
            CURLOPT_HTTPHEADER => ['content-type: application/json'],
            CURLOPT_RETURNTRANSFER => true,
            CURLOPT_TIMEOUT => self::SECONDS,
            CURLOPT_FOLLOWLOCATION => false,
        ]);
        $answer = json_decode((string) curl_exec($curl), true);
        return is_array($answer) && strncmp((string) ($answer['code'] ?? ''), 'webhook.', 8) === 0;
    }
}
