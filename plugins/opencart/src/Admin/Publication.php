<?php

declare(strict_types=1);

namespace Kessai\OpenCart\Admin;

use Kessai\OpenCart\Extension;

/** What OpenCart's own lists and its checkout read of the settings. Those of the extension are the truth. */
final class Publication
{
    private Extension $extension;

    private Backend $backend;

    public function __construct(Extension $extension, Backend $backend)
    {
        $this->extension = $extension;
        $this->backend = $backend;
    }

    public function publish(): void
    {
        $settings = $this->extension->settings();
        $this->backend->publish([
            'status' => $settings->get('enabled') && $settings->isConnected() ? 1 : 0,
            'sort_order' => (int) $settings->get('sortOrder'),
            'geo_zone_id' => (int) $settings->get('geoZoneId'),
        ]);
    }
}
