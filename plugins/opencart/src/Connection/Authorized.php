<?php

declare(strict_types=1);

namespace Kessai\OpenCart\Connection;

use Kessai\KessaiException;
use Kessai\OpenCart\Extension;

/**
 * The key that BTCPay Server's own page sends: parked, for the admin who asked for it. The document `connect` holds `connection`
 * (the text of btcpay.authorizeUrl and what follows it), `adminUrl` (where the admin goes on) and `language`.
 */
final class Authorized
{
    public const DOCUMENT = 'connect';

    /** Bytes of the form; the server's has some hundred. */
    private const LIMIT = 16384;

    private Extension $extension;

    public function __construct(Extension $extension)
    {
        $this->extension = $extension;
    }

    /** @return array{url: string, message?: string, remedy?: string} where to go on, and what went wrong */
    public function take(
        string $state,
        #[\SensitiveParameter]
        string $form
    ): array {
        $kept = $this->extension->documents()->read(self::DOCUMENT);
        $url = (string) ($kept['adminUrl'] ?? '');
        try {
            $this->extension->documents()->change(self::DOCUMENT, function (array $now) use ($state, $form): array {
                $kessai = $this->extension->kessaiWith(['language' => $now['language'] ?? 'en']);
                $input = ['connection' => $now['connection'] ?? null, 'state' => $state === '' ? null : $state];
                return ['connection' => $kessai->btcpay()->readAuthorization($input, substr($form, 0, self::LIMIT))['connection']] + $now;
            });
            return ['url' => $url];
        } catch (KessaiException $error) {
            // Anybody can call this address: the way to the admin is shown to whoever was sent here by it only.
            $isOurs = $error->errorCode() !== 'connect.state';
            return ['url' => $isOurs ? $url : '', 'message' => $error->getMessage(), 'remedy' => $error->remedy()];
        }
    }
}
