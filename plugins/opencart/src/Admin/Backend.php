<?php

declare(strict_types=1);

namespace Kessai\OpenCart\Admin;

use Kessai\OpenCart\Platform;

/** A shop's admin, as OpenCart 3 and OpenCart 4 each have it. */
interface Backend extends Platform
{
    /** Whether the user who is logged in may change this extension. */
    public function mayChange(): bool;

    /** Whether the user may install and uninstall payment methods. */
    public function mayInstall(): bool;

    /** A text of the user's session that nobody else knows. */
    public function session(): string;

    /** The code of the language in which the user reads the admin, such as `ja-jp`. */
    public function language(): string;

    /**
     * A page of this extension in the admin, with the user's token: for an attribute it has yet to be escaped.
     *
     * @param string                    $action a method of the controller; its `index` unless told
     * @param array<string, string|int> $query
     */
    public function link(string $action = '', array $query = []): string;

    /**
     * Any page of the admin, such as `common/dashboard`.
     *
     * @param array<string, string|int> $query
     */
    public function page(string $route, array $query = []): string;

    /** An order's page in the admin. */
    public function orderPage(string $orderId): string;

    /** The list of payment methods, from which this extension's page is opened. */
    public function list(): string;

    /** The file that looks after orders when a scheduler runs it. */
    public function jobFile(): string;

    /** The address of a script or stylesheet of this extension, another after an update: browsers keep both. */
    public function asset(string $file): string;

    /** A part of every page of the admin: `header`, `column_left`, `footer`. */
    public function frame(string $part): string;

    public function setTitle(string $title): void;

    /** @return array<int, string> the shop's order statuses: id => name in the user's language */
    public function orderStatuses(): array;

    /** @return array<int, string> id => name */
    public function geoZones(): array;

    /**
     * Replaces the extension's settings in OpenCart's own table, which its lists and its checkout read.
     *
     * @param array<string, string|int> $settings by name without the prefix: `status`, `sort_order`, ...
     */
    public function publish(array $settings): void;

    /** What the shop calls so that this extension hears of it. */
    public function addHooks(): void;

    public function removeHooks(): void;

    /** Takes the permission to open and to change this extension from every group of users. */
    public function removePermissions(): void;
}
