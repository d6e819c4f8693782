<?php

/** The parts of OpenCart's engine through which an extension is called, and calls. */

declare(strict_types=1);

namespace Standin;

class Registry
{
    /** @var array<string, object> */
    private array $data = [];

    public function get($key)
    {
        return $this->data[$key] ?? null;
    }

    public function set($key, $value): void
    {
        $this->data[$key] = $value;
    }

    public function has($key): bool
    {
        return isset($this->data[$key]);
    }

    public function __get(string $key)
    {
        return $this->get($key);
    }

    public function __set(string $key, $value): void
    {
        $this->set($key, $value);
    }

    public function __isset(string $key): bool
    {
        return $this->has($key);
    }
}

/** What controllers and models have in common: everything of the registry as properties. */
abstract class Part
{
    protected $registry;

    public function __construct($registry)
    {
        $this->registry = $registry;
    }

    public function __get(string $key)
    {
        return $this->registry->get($key);
    }

    public function __set(string $key, $value): void
    {
        $this->registry->set($key, $value);
    }

    public function __isset(string $key): bool
    {
        return $this->registry->has($key);
    }
}

abstract class Controller extends Part
{
}

abstract class Model extends Part
{
}

class Config
{
    /** @var array<string, mixed> */
    private array $data = ['session_name' => 'OCSESSID'];

    public function get($key)
    {
        return $this->data[$key] ?? (MAJOR === 4 ? '' : null);
    }

    public function set($key, $value): void
    {
        $this->data[$key] = $value;
    }

    public function has($key): bool
    {
        return isset($this->data[$key]);
    }

    public function readSettings(object $db): void
    {
        foreach ($db->query('SELECT * FROM oc_setting WHERE store_id = 0')->rows as $row) {
            $this->set($row['key'], $row['serialized'] ? json_decode($row['value'], true) : $row['value']);
        }
    }
}

/** A controller's method by its route. */
class Action
{
    private string $route;

    public function __construct($route)
    {
        $this->route = preg_replace('/[^a-zA-Z0-9_|\/.]/', '', str_replace('|', '.', (string) $route));
    }

    public function getId(): string
    {
        return $this->route;
    }

    public function execute($registry, array $args = [])
    {
        [$controller, $method] = controllerOf($registry, $this->route);
        if ($controller === null || strncmp($method, '__', 2) === 0 || !is_callable([$controller, $method])) {
            return new \Exception("Error: Could not call {$this->route}!");
        }
        return $controller->$method(...$args);
    }
}

class Event
{
    private Registry $registry;

    /** @var list<array{string, Action, int}> */
    private array $registered = [];

    public function __construct($registry)
    {
        $this->registry = $registry;
    }

    public function register($trigger, $action, $priority = 0): void
    {
        $this->registered[] = [$trigger, $action, $priority];
        usort($this->registered, static fn (array $one, array $other): int => $one[2] <=> $other[2]);
    }

    public function unregister($trigger, $route): void
    {
        $this->registered = array_values(array_filter(
            $this->registered,
            static fn (array $one): bool => $one[0] !== $trigger || $one[1]->getId() !== $route
        ));
    }

    public function clear($trigger): void
    {
        $this->registered = array_values(array_filter($this->registered, static fn (array $one): bool => $one[0] !== $trigger));
    }

    public function trigger($event, array $args = [])
    {
        foreach ($this->registered as [$trigger, $action]) {
            $pattern = str_replace(['\*', '\?'], ['.*', '.'], preg_quote($trigger, '/'));
            if (preg_match("/^$pattern/", $event)) {
                $result = $action->execute($this->registry, $args);
                if (MAJOR === 3 && $result !== null && !$result instanceof \Exception) {
                    return $result;
                }
            }
        }
        return MAJOR === 4 ? '' : null;
    }

    public function readEvents(): void
    {
        foreach ($this->registry->get('db')->query('SELECT * FROM oc_event WHERE status = 1 ORDER BY sort_order')->rows as $row) {
            [$side, $trigger] = explode('/', $row['trigger'], 2);
            if ($side === 'catalog') {
                $this->register($trigger, new Action($row['action']), (int) $row['sort_order']);
            }
        }
    }
}

/** A model, each of whose calls tells the events before and after it. */
#[\AllowDynamicProperties]
class Proxy
{
    public function __call(string $method, array $args)
    {
        return ($this->$method)(...$args);
    }
}

class Loader
{
    private Registry $registry;

    private string $separator;

    public function __construct($registry, int $major)
    {
        $this->registry = $registry;
        $this->separator = $major === 4 ? '.' : '/';
    }

    public function controller($route, ...$args)
    {
        $route = preg_replace('/[^a-zA-Z0-9_|\/.]/', '', str_replace('|', '.', $route));
        $this->registry->get('event')->trigger("controller/$route/before", [&$route, &$args]);
        $output = (new Action($route))->execute($this->registry, MAJOR === 4 ? $args : [$args[0] ?? []]);
        $this->registry->get('event')->trigger("controller/$route/after", [&$route, &$args, &$output]);
        return $output instanceof \Exception && MAJOR === 3 ? null : $output;
    }

    public function model($route): void
    {
        $key = 'model_' . str_replace('/', '_', $route);
        if ($this->registry->has($key)) {
            return;
        }
        $class = modelOf($route);
        if ($class === null) {
            throw new \Exception("Error: Could not load model $route!");
        }
        $model = new $class($this->registry);
        $proxy = new Proxy();
        foreach (get_class_methods($model) as $method) {
            if (strncmp($method, '__', 2) !== 0) {
                $proxy->$method = $this->told($route . $this->separator . $method, [$model, $method]);
            }
        }
        $this->registry->set($key, $proxy);
    }

    public function view($route, $data = [], $code = '')
    {
        return json_encode(['view' => $route, 'data' => array_filter($data, 'is_scalar')]);
    }

    public function language($route, $prefix = '', $code = '')
    {
        return $this->registry->get('language')->load($route);
    }

    public function config($route): void
    {
    }

    public function library($route)
    {
        throw new \Exception("Error: Could not load library $route!");
    }

    public function helper($route): void
    {
    }

    private function told(string $route, callable $method): callable
    {
        return function (...$args) use ($route, $method) {
            $event = $this->registry->get('event');
            $instead = $event->trigger("model/$route/before", [&$route, &$args]);
            $output = MAJOR === 3 && $instead ? $instead : $method(...$args);
            $event->trigger("model/$route/after", [&$route, &$args, &$output]);
            return $output;
        };
    }
}

/** Runs what a request asks for, and what its events put before and after it. */
function dispatch(Registry $registry, string $route): void
{
    $route = preg_replace('/[^a-zA-Z0-9_|\/.]/', '', str_replace('|', '.', $route));
    $args = [];
    $registry->get('event')->trigger("controller/$route/before", [&$route, &$args]);
    $output = (new Action($route))->execute($registry, MAJOR === 4 ? $args : []);
    if ($output instanceof \Exception) {
        http_response_code(404);
        echo $output->getMessage();
    }
    $registry->get('event')->trigger("controller/$route/after", [&$route, &$args, &$output]);
}
