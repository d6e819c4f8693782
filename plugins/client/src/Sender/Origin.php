<?php

declare(strict_types=1);

namespace Kessai\Sender;

/**
 * Scheme, host and port of an address. What is not plainly one has none, so that no two parsers can read it in two ways.
 *
 * @internal
 */
final class Origin
{
    private const PORTS = ['http' => 80, 'https' => 443];

    /** Where no payment server is, and a cloud machine's own credentials may be (RFC 3927, RFC 4291, the metadata services of clouds). */
    private const REFUSED = '/^(169\.254\.|0\.|100\.100\.100\.200$|fe[89ab]|::$|fd00:ec2::254$|::ffff:(169\.254\.|0\.|100\.100\.100\.200$))/i';

    public static function of(string $address): ?string
    {
        $form = '~^(https?)://([a-z0-9.-]+|\[[0-9a-f:.]+\])(?::(\d{1,5}))?(?=[/?#]|$)~iD';
        if (!preg_match($form, trim($address), $part)) {
            return null;
        }
        $scheme = strtolower($part[1]);
        $port = (int) ($part[3] ?? self::PORTS[$scheme]);
        return $scheme . '://' . strtolower($part[2]) . ':' . $port;
    }

    /** Whether nothing may be sent to an address, or taken from it. */
    public static function isRefused(string $ip): bool
    {
        return (bool) preg_match(self::REFUSED, trim($ip, '[]'));
    }
}
