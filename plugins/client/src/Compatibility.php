<?php

declare(strict_types=1);

namespace Kessai;

use Kessai\Transport\Answer;

/**
 * Whether client and core understand each other: the same major version, and at most one minor version apart, so that
 * either side can be updated first.
 *
 * @internal
 */
final class Compatibility
{
    private string $language;

    /** Codes of the core for what a newer client may know and it does not. */
    private const UNKNOWN = ['input.unknownOp', 'input.unknownField'];

    /** The version that was looked at last. */
    private string $known = '';

    public function __construct(string $language)
    {
        $this->language = $language;
    }

    /** @throws KessaiException that says which side to update */
    public function check(Answer $answer): void
    {
        if ($answer->version === $this->known) {
            return;
        }
        $apart = self::apart(Ops\Table::VERSION, $answer->version);
        if ($apart !== null) {
            $values = ['client' => Ops\Table::VERSION, 'server' => $answer->version];
            throw Texts::exception($apart < 0 ? 'client.older' : 'client.newer', $values, $this->language);
        }
        $this->known = $answer->version;
    }

    /**
     * What an older core does not know is its age, and no mistake of the shop's.
     *
     * @param array<string, mixed> $reply
     *
     * @throws KessaiException that says which side to update
     */
    public function explain(Answer $answer, array $reply): void
    {
        $isUnknown = in_array($reply['err']['code'] ?? '', self::UNKNOWN, true);
        if ($isUnknown && $answer->ops !== null && $answer->ops < Ops\Table::OPS) {
            $values = ['client' => Ops\Table::VERSION, 'server' => $answer->version, 'reason' => $reply['err']['message']];
            throw Texts::exception('client.ahead', $values, $this->language);
        }
    }

    /** Below zero where the client is too old, above where the core is; null where they work together. */
    private static function apart(string $client, string $server): ?int
    {
        [$clientMajor, $clientMinor] = self::numbers($client);
        [$serverMajor, $serverMinor] = self::numbers($server);
        if ($clientMajor !== $serverMajor) {
            return $clientMajor <=> $serverMajor;
        }
        return abs($clientMinor - $serverMinor) <= 1 ? null : $clientMinor <=> $serverMinor;
    }

    /** @return array{int, int} */
    private static function numbers(string $version): array
    {
        return preg_match('/^(\d{1,6})\.(\d{1,6})\./', "$version.", $found) ? [(int) $found[1], (int) $found[2]] : [-1, -1];
    }
}
