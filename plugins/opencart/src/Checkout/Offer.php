<?php

declare(strict_types=1);

namespace Kessai\OpenCart\Checkout;

use Kessai\OpenCart\Extension;
use Kessai\OpenCart\OpenCartLog;

/** Whether the payment method is offered: a shop that is not connected offers none that could not be paid. */
final class Offer
{
    private Extension $extension;

    public function __construct(Extension $extension)
    {
        $this->extension = $extension;
    }

    /**
     * @param float                $total   of the cart, in the shop's base currency; OpenCart has it as a float, and it is only compared
     * @param array<string, mixed> $address of the payment, with `country_id` and `zone_id`; empty where the shop asks for none
     */
    public function isFor(float $total, array $address): bool
    {
        try {
            $settings = $this->extension->settings();
            return $settings->get('enabled') === true
                && $settings->isConnected()
                && $total > 0
                && $total >= (float) $settings->get('minimum')
                && $this->isInZone((int) $settings->get('geoZoneId'), $address);
        } catch (\Throwable $error) {
            // No reason to fail a checkout that has other methods.
            $this->extension->platform()->log('kessai: the method is not offered: ' . OpenCartLog::named($error));
            return false;
        }
    }

    /** @param array<string, mixed> $address */
    private function isInZone(int $geoZoneId, array $address): bool
    {
        if ($geoZoneId === 0 || !isset($address['country_id'])) {
            return true;
        }
        $sql = 'SELECT geo_zone_id FROM `' . DB_PREFIX . 'zone_to_geo_zone`
                WHERE geo_zone_id = ? AND country_id = ? AND (zone_id = ? OR zone_id = 0) LIMIT 1';
        $values = [$geoZoneId, (int) $address['country_id'], (int) ($address['zone_id'] ?? 0)];
        return $this->extension->platform()->query($sql, $values) !== [];
    }
}
