<?php

declare(strict_types=1);

namespace Kessai;

/**
 * JSON as it crosses the door. PHP has one type for lists and objects; the members that are objects are known from the
 * core's own types, so that an empty one stays an object.
 *
 * @internal
 */
final class Json
{
    /** Handed back as they came: what a later version adds to them must not change on its way through PHP. */
    private const VERBATIM = ['then', 'message'];

    /**
     * @param array<string, mixed> $value
     *
     * @return string in ASCII, as a header takes it
     *
     * @throws \JsonException where a text is not UTF-8
     */
    public static function encode(
        #[\SensitiveParameter]
        array $value
    ): string {
        return json_encode((object) self::withObjects($value, ''), JSON_UNESCAPED_SLASHES | JSON_THROW_ON_ERROR);
    }

    /**
     * @return array<string, mixed>
     *
     * @throws \JsonException
     */
    public static function decode(
        #[\SensitiveParameter]
        string $text
    ): array {
        $value = json_decode($text, false, 512, JSON_THROW_ON_ERROR);
        if (!$value instanceof \stdClass) {
            throw new \JsonException('not an object');
        }
        return self::plain($value);
    }

    /**
     * @param mixed $value
     *
     * @return mixed
     */
    private static function plain($value)
    {
        if (!is_array($value) && !$value instanceof \stdClass) {
            return $value;
        }
        $plain = [];
        foreach ((array) $value as $name => $member) {
            $plain[$name] = in_array($name, self::VERBATIM, true) ? $member : self::plain($member);
        }
        return $plain;
    }

    /**
     * @param array<int|string, mixed> $value
     * @param string                   $holder the member that holds it; none at the top of an input
     *
     * @return array<int|string, mixed>
     */
    private static function withObjects(
        #[\SensitiveParameter]
        array $value,
        string $holder
    ): array {
        foreach ($value as $name => $member) {
            if (!is_array($member)) {
                continue;
            }
            if ($member === [] && isset(Ops\Table::OBJECTS["$holder.$name"])) {
                $value[$name] = new \stdClass();
            } else {
                $value[$name] = self::withObjects($member, is_int($name) ? $holder : $name);
            }
        }
        return $value;
    }
}
