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
    private const FORM = '~^(https?)://([a-z0-9.-]+|\[[0-9a-f:.]+\])(?::(\d{1,5}))?(?=[/?#]|$)~iD';

    private const PORTS = ['http' => 80, 'https' => 443];

    /** This machine: anybody on the way elsewhere reads what is sent without TLS. */
    private const LOOPBACK = '/^(localhost|127(\.\d{1,3}){3}|\[::1\])$/D';

    /**
     * Where no payment server is, and a cloud machine's own credentials may be (RFC 3927, RFC 4291, the metadata services of
     * clouds). A name that leads there shows no certificate of its own.
     */
    private const REFUSED = '/^(169\.254\.|0\.|100\.100\.100\.200$|\[(fe[89ab]|::\]|fd00:ec2::254\]|::ffff:))/';

    /** @return string|null null for what may not be reached at all */
    public static function of(string $address): ?string
    {
        if (!preg_match(self::FORM, trim($address), $part)) {
            return null;
        }
        $scheme = strtolower($part[1]);
        $host = strtolower($part[2]);
        if (preg_match(self::REFUSED, $host) || ($scheme === 'http' && !preg_match(self::LOOPBACK, $host))) {
            return null;
        }
        return "$scheme://$host:" . (int) ($part[3] ?? self::PORTS[$scheme]);
    }
}
