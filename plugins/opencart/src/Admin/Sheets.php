<?php

declare(strict_types=1);

namespace Kessai\OpenCart\Admin;

use Kessai\OpenCart\Desk\Desk;
use Kessai\OpenCart\Desk\Sheet;
use Kessai\OpenCart\Extension;
use Kessai\OpenCart\Texts;

/** Signs what an admin wants done, after asking whether they may. */
final class Sheets
{
    private Extension $extension;

    private Backend $backend;

    private Texts $texts;

    public function __construct(Extension $extension, Backend $backend)
    {
        $this->extension = $extension;
        $this->backend = $backend;
        $this->texts = new Texts($backend->language());
    }

    /**
     * @param string $body JSON as the page sent it, read from `php://input`: OpenCart escapes what is in `$_POST`
     *
     * @return array<string, string> `url` and `sheet` to be posted to it, or `error` and `remedy`, for JSON
     */
    public function make(string $body): array
    {
        $asked = json_decode($body, true, 4);
        $action = $asked['action'] ?? null;
        $orderId = $asked['orderId'] ?? null;
        $arguments = $asked['arguments'] ?? null;
        if (!is_string($action) || !is_string($orderId) || !is_array($arguments) || !$this->fits($action, $arguments)) {
            return ['error' => $this->texts->of('desk_failed'), 'remedy' => $this->texts->of('desk_failed_remedy')];
        }
        if (!in_array($action, Desk::READING, true) && !$this->backend->mayChange()) {
            return ['error' => $this->texts->of('forbidden'), 'remedy' => $this->texts->of('forbidden_remedy')];
        }
        $sheet = new Sheet($action, $orderId, $arguments, $this->texts->language);
        return [
            'url' => $this->backend->address('desk'),
            'sheet' => $sheet->sign((string) $this->extension->settings()->get('shopKey'), time()),
        ];
    }

    /** @param array<string, mixed> $arguments */
    private function fits(string $action, array $arguments): bool
    {
        if (!in_array($action, array_merge(Desk::READING, Desk::CHANGING), true)) {
            return false;
        }
        if ($action === 'acknowledge') {
            $keys = $arguments['keys'] ?? null;
            return is_array($keys) && $keys !== [] && array_filter($keys, 'is_string') === $keys;
        }
        if ($action === 'piece') {
            $isDay = static fn ($day): bool => is_string($day) && preg_match('/^\d{4}-\d\d-\d\d$/D', $day);
            return $isDay($arguments['from'] ?? null) && $isDay($arguments['to'] ?? null) && is_string($arguments['after'] ?? null);
        }
        return array_filter($arguments, 'is_string') === $arguments;
    }
}
