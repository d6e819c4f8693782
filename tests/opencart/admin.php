<?php

/**
 * The extension in the admin of a small shop: does one thing after the other, and prints what came of each as JSON.
 *
 * Input: `major`, `version`, `address` (of the shop), `database`, `language`, `session`, `permissions` (routes that the user may change), and `steps`:
 * `[action, argument, ...]` each. Templates are not filled in: what they were given stands in their place.
 */

declare(strict_types=1);

namespace Twig\Loader {
    final class FilesystemLoader
    {
        public function __construct(string $folder)
        {
        }
    }
}

namespace Twig {
    final class Environment
    {
        /** @param array<string, mixed> $options */
        public function __construct(object $loader, array $options)
        {
        }

        /** @param array<string, mixed> $data */
        public function render(string $name, array $data): string
        {
            unset($data['t'], $data['ui']);
            return json_encode([$name => $data], JSON_THROW_ON_ERROR);
        }
    }
}

namespace {
    use Kessai\OpenCart\Admin\AlertsPage;
    use Kessai\OpenCart\Admin\Badge;
    use Kessai\OpenCart\Admin\Installation;
    use Kessai\OpenCart\Admin\OrderTab;
    use Kessai\OpenCart\Admin\SettingsActions;
    use Kessai\OpenCart\Admin\Sheets;
    use Kessai\OpenCart\Connection\Authorized;
    use Kessai\OpenCart\Extension;
    use Kessai\OpenCart\Takeover\TakeoverPage;

    $input = json_decode((string) file_get_contents('php://stdin'), true, 16, JSON_THROW_ON_ERROR);

    define('VERSION', $input['version']);
    define('HTTP_CATALOG', $input['address']);
    define('DIR_CACHE', '/nowhere/');
    define('DIR_EXTENSION', '/shop/extension/');
    define('DIR_SYSTEM', '/shop/system/');
    define('DB_PREFIX', 'oc_');
    define('DB_HOSTNAME', 'localhost');
    define('DB_USERNAME', 'root');
    define('DB_PASSWORD', '');
    define('DB_DATABASE', $input['database']);

    require __DIR__ . '/../../plugins/autoload.php';

    /** OpenCart's own connection. */
    final class ShopDatabase
    {
        private mysqli $db;

        public function __construct()
        {
            $this->db = new mysqli('localhost', 'root', '', DB_DATABASE);
            $this->db->query("SET SESSION sql_mode = ''");
        }

        public function query(string $sql)
        {
            $result = $this->db->query($sql);
            return $result instanceof mysqli_result ? (object) ['rows' => $result->fetch_all(MYSQLI_ASSOC)] : true;
        }

        public function escape(string $value): string
        {
            return $this->db->real_escape_string($value);
        }
    }

    /** The models of the admin that the extension calls, and no others. */
    final class ShopModels
    {
        private ShopDatabase $db;

        public function __construct(ShopDatabase $db)
        {
            $this->db = $db;
        }

        /** OpenCart 4 gives a row, OpenCart 3 its values. */
        public function addEvent($code, string $trigger = '', string $action = ''): void
        {
            $row = is_array($code) ? $code : ['code' => $code, 'trigger' => $trigger, 'action' => $action];
            $this->insert('event', array_intersect_key($row, ['code' => 1, 'trigger' => 1, 'action' => 1]));
        }

        public function deleteEventByCode(string $code): void
        {
            $this->db->query("DELETE FROM oc_event WHERE code = '$code'");
        }

        /** @param array<string, mixed> $row */
        public function addStartup(array $row): void
        {
            $this->insert('startup', ['code' => $row['code'], 'action' => $row['action']]);
        }

        public function deleteStartupByCode(string $code): void
        {
            $this->db->query("DELETE FROM oc_startup WHERE code = '$code'");
        }

        public function addCron(string $code, string $description, string $cycle, string $action, bool $status): void
        {
            $this->insert('cron', ['code' => $code, 'cycle' => $cycle, 'action' => $action]);
        }

        public function deleteCronByCode(string $code): void
        {
            $this->db->query("DELETE FROM oc_cron WHERE code = '$code'");
        }

        /** @param array<string, string> $settings */
        public function editSetting(string $code, array $settings): void
        {
            $this->db->query("DELETE FROM oc_setting WHERE code = '$code'");
            foreach ($settings as $key => $value) {
                $this->insert('setting', ['code' => $code, 'key' => $key, 'value' => $value]);
            }
        }

        /** @return list<array<string, string>> */
        public function getOrderStatuses(): array
        {
            return $this->db->query('SELECT order_status_id, name FROM oc_order_status WHERE language_id = 1')->rows;
        }

        /** @return list<array<string, string>> */
        public function getGeoZones(): array
        {
            return [['geo_zone_id' => '3', 'name' => 'Japan']];
        }

        /** @param array<string, string> $row */
        private function insert(string $table, array $row): void
        {
            $pairs = [];
            foreach ($row as $name => $value) {
                $pairs[] = "`$name` = '" . $this->db->escape((string) $value) . "'";
            }
            $this->db->query("INSERT INTO oc_$table SET " . implode(', ', $pairs));
        }
    }

    /** What the extension asks of the other parts of OpenCart's registry. */
    final class ShopPart
    {
        /** @var array<string, mixed> */
        public array $data;

        /** @var array<string, mixed> */
        private array $known;

        /** @param array<string, mixed> $known */
        public function __construct(array $known)
        {
            $this->known = $known;
            $this->data = ['user_token' => 'token'];
        }

        public function get(string $name)
        {
            return $this->known[$name] ?? null;
        }

        public function getId(): string
        {
            return $this->known['session'];
        }

        public function hasPermission(string $kind, string $route): bool
        {
            return $kind === 'modify' && in_array($route, $this->known['permissions'], true);
        }

        public function link(string $route, string $query): string
        {
            return "http://localhost/admin/index.php?route=$route&amp;" . str_replace('&', '&amp;', $query);
        }

        public function controller(string $route): string
        {
            return $route;
        }

        public function model(string $route): void
        {
        }

        public function setTitle(string $title): void
        {
        }

        public function write(string $line): void
        {
            
        }
    }

    final class ShopRegistry
    {
        /** @var array<string, object> */
        private array $parts;

        private ShopModels $models;

        /** @param array<string, mixed> $input */
        public function __construct(array $input)
        {
            $db = new ShopDatabase();
            $part = new ShopPart([
                'config_name' => 'The shop',
                'config_currency' => 'USD',
                'config_language_admin' => $input['language'],
                'config_admin_language' => $input['language'],
                'session' => $input['session'],
                'permissions' => $input['permissions'],
            ]);
            $this->models = new ShopModels($db);
            $this->parts = ['db' => $db] + array_fill_keys(['config', 'session', 'user', 'url', 'load', 'document', 'log'], $part);
        }

        public function get(string $name): object
        {
            return strncmp($name, 'model_', 6) === 0 ? $this->models : $this->parts[$name];
        }
    }

    $backend = $input['major'] === 4
        ? new Kessai\OpenCart4\AdminBackend(new ShopRegistry($input))
        : new Kessai\OpenCart3\AdminBackend(new ShopRegistry($input));

    /** As OpenCart escapes what comes in. */
    $escaped = static function ($value) use (&$escaped) {
        return is_array($value) ? array_map($escaped, $value) : htmlspecialchars((string) $value, ENT_COMPAT, 'UTF-8');
    };

    $answers = [];
    foreach ($input['steps'] as $step) {
        $extension = new Extension($backend);
        [$action, $first, $second] = $step + [1 => [], 2 => []];
        switch ($action) {
            case 'install':
            case 'uninstall':
                $answers[] = (new Installation($extension, $backend))->$action();
                break;
            case 'page':
                $answers[] = (new SettingsActions($extension, $backend))->html();
                break;
            case 'save':
                $answers[] = (new SettingsActions($extension, $backend))->save($escaped($first));
                break;
            case 'act':
                $answers[] = (new SettingsActions($extension, $backend))->act($first, $escaped($second));
                break;
            case 'sheet':
                $answers[] = (new Sheets($extension, $backend))->make($first);
                break;
            case 'order':
                $answers[] = json_decode((new OrderTab($extension, $backend))->content($first), true);
                break;
            case 'payment':
                $answers[] = json_decode((new OrderTab($extension, $backend))->page($first), true);
                break;
            case 'alerts':
                $answers[] = json_decode((new AlertsPage($extension, $backend))->content(), true);
                break;
            case 'badge':
                $answers[] = (new Badge($extension, $backend))->into($first);
                break;
            case 'takeover':
                $answers[] = json_decode((new TakeoverPage($extension, $backend))->html($first), true);
                break;
            case 'authorized':
                $answers[] = (new Authorized($extension))->take($first, $second);
                break;
        }
    }
    echo json_encode($answers, JSON_THROW_ON_ERROR);
}
