<?php

declare(strict_types=1);

namespace Kessai;

/** What a webhook's sender is answered. */
final class WebhookAnswer
{
    /** HTTP status. */
    public int $status;

    /** JSON text. */
    public string $body;

    /** @param array{note: string}|array{code: string} $body */
    public function __construct(int $status, array $body)
    {
        $this->status = $status;
        $this->body = (string) json_encode($body);
    }

    /** Answers the request that PHP is working on. */
    public function send(): void
    {
        http_response_code($this->status);
        header('content-type: application/json');
        echo $this->body;
    }
}
