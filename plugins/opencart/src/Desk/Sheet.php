<?php

declare(strict_types=1);

namespace Kessai\OpenCart\Desk;

/**
 * What an admin wants done, on a signed sheet: made in the admin, where permissions are known, and carried by the browser to the
 * storefront's side, where the order API is. It holds for a minute and for what stands on it; whoever has it needs no login.
 */
final class Sheet
{
    /** Seconds: the browser passes it on at once. */
    private const VALID = 60;

    public string $action;

    public string $orderId;

    /** @var array<string, mixed> */
    public array $arguments;

    /** Of what is answered. */
    public string $language;

    /** @param array<string, mixed> $arguments */
    public function __construct(string $action, string $orderId, array $arguments, string $language)
    {
        $this->action = $action;
        $this->orderId = $orderId;
        $this->arguments = $arguments;
        $this->language = $language;
    }

    /**
     * @param string $key of this shop, kept by it alone
     * @param int    $now unix seconds
     *
     * @return string letters, digits, `-`, `_` and a point
     */
    public function sign(
        #[\SensitiveParameter]
        string $key,
        int $now
    ): string {
        $flags = JSON_THROW_ON_ERROR | JSON_UNESCAPED_SLASHES | JSON_UNESCAPED_UNICODE;
        $text = self::encode(json_encode(get_object_vars($this) + ['until' => $now + self::VALID], $flags));
        return $text . '.' . self::encode(self::mac($text, $key));
    }

    /** @return self|null null where it was not signed with this key, or no longer holds */
    public static function open(
        #[\SensitiveParameter]
        string $signed,
        #[\SensitiveParameter]
        string $key,
        int $now
    ): ?self {
        [$text, $mac] = explode('.', $signed, 2) + ['', ''];
        // Anybody can sign with the key of a shop that has none.
        if ($key === '' || !hash_equals(self::encode(self::mac($text, $key)), $mac)) {
            return null;
        }
        $said = json_decode((string) base64_decode(strtr($text, '-_', '+/'), true), true, 16, JSON_THROW_ON_ERROR);
        // A clock that was set back must not make old sheets hold for longer.
        if ($said['until'] < $now || $said['until'] > $now + self::VALID) {
            return null;
        }
        return new self($said['action'], $said['orderId'], $said['arguments'], $said['language']);
    }

    private static function mac(
        string $text,
        #[\SensitiveParameter]
        string $key
    ): string {
        return hash_hmac('sha256', $text, hash_hmac('sha256', 'desk', $key, true), true);
    }

    private static function encode(string $bytes): string
    {
        return rtrim(strtr(base64_encode($bytes), '+/', '-_'), '=');
    }
}
