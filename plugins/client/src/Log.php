<?php

declare(strict_types=1);

namespace Kessai;

/**
 * What is told to the shop's log: operations, codes, ids of orders and answers; nothing of what was passed on.
 *
 * @internal
 */
final class Log
{
    /** @var object|null a PSR-3 logger */
    private ?object $logger;

    public function __construct(?object $logger)
    {
        $this->logger = $logger;
    }

    public function failed(string $op, ?OrderKey $order, \Throwable $error): void
    {
        $context = ['op' => $op] + ($order === null ? [] : ['orderId' => $order->orderId]);
        if ($error instanceof KessaiException) {
            // What anyone can cause, such as a webhook with a wrong signature, must not fill a log of errors.
            $level = $error->answer() < 500 ? 'info' : 'error';
            $context += ['code' => $error->errorCode(), 'remedy' => $error->remedy()];
            $this->write($level, 'kessai: operation failed', $context);
        } else {
            $this->problem($context, $error);
        }
    }

    /**
     * An error of the shop's own database or code. By itself it may say anything: PHP's own log gets only what it is and where.
     *
     * @param array<string, mixed> $context
     */
    public function problem(array $context, \Throwable $error): void
    {
        if ($this->logger === null) {
            error_log(sprintf('kessai: %s at %s:%d', get_class($error), $error->getFile(), $error->getLine()));
            return;
        }
        $this->write('error', 'kessai: the shop failed', $context + ['exception' => $error]);
    }

    public function answered(WebhookAnswer $answer): void
    {
        $this->write('info', 'kessai: webhook answered', ['status' => $answer->status, 'body' => $answer->body]);
    }

    /** @param array<string, mixed> $context */
    private function write(string $level, string $message, array $context): void
    {
        try {
            if ($this->logger !== null && is_callable([$this->logger, $level])) {
                $this->logger->$level($message, $context);
            }
        } catch (\Throwable $_) {
            // A log that cannot be written stops no payment.
        }
    }
}
