<?php

declare(strict_types=1);

namespace Kessai\OpenCart;

/** What people read, in English or Japanese: `texts/en/*.php` and `texts/ja/*.php` of this folder, each a list by name. */
final class Texts
{
    public string $language;

    /** @var array<string, string> */
    private array $texts = [];

    /** @param string $language a language of OpenCart, such as `en-gb` or `ja-jp` */
    public function __construct(string $language)
    {
        $this->language = strncmp(strtolower($language), 'ja', 2) === 0 ? 'ja' : 'en';
        foreach (glob(dirname(__DIR__) . "/texts/{$this->language}/*.php") ?: [] as $file) {
            $this->texts += require $file;
        }
    }

    /** @param array<string, string|int> $values for `{name}` in the text; put in as they are */
    public function of(string $name, array $values = []): string
    {
        $places = array_map(static fn (string $place): string => '{' . $place . '}', array_keys($values));
        return strtr($this->texts[$name] ?? $name, array_combine($places, array_map('strval', $values)));
    }

    /** @return array<string, string> all of them, for a template */
    public function all(): array
    {
        return $this->texts;
    }
}
