<?php

/** The parts of OpenCart's library that an extension meets. */

declare(strict_types=1);

namespace Standin;

/** Not strict about its numbers, and reports by exceptions: as OpenCart's. */
class DB
{
    private \mysqli $db;

    public function __construct($adaptor, $hostname, $username, $password, $database, $port = '3306')
    {
        mysqli_report(MYSQLI_REPORT_ERROR | MYSQLI_REPORT_STRICT);
        $this->db = new \mysqli($hostname, $username, $password, $database, (int) $port);
        $this->db->set_charset('utf8mb4');
        $this->query("SET SESSION sql_mode = 'NO_ZERO_IN_DATE,NO_ENGINE_SUBSTITUTION'");
    }

    public function query($sql)
    {
        try {
            $result = \Faults\around("shop: $sql", fn () => $this->db->query($sql));
        } catch (\mysqli_sql_exception $error) {
            throw new \Exception("Error: {$error->getMessage()}<br/>$sql");
        }
        if (!$result instanceof \mysqli_result) {
            return true;
        }
        $rows = $result->fetch_all(MYSQLI_ASSOC);
        return (object) ['num_rows' => count($rows), 'row' => $rows[0] ?? [], 'rows' => $rows];
    }

    public function escape($value)
    {
        return $this->db->real_escape_string((string) $value);
    }

    public function countAffected()
    {
        return $this->db->affected_rows;
    }

    public function getLastId()
    {
        return $this->db->insert_id;
    }
}

class Request
{
    public array $get;

    public array $post;

    public array $cookie;

    public array $files;

    public array $server;

    public function __construct()
    {
        $this->get = $this->clean($_GET);
        $this->post = $this->clean($_POST);
        $this->cookie = $this->clean($_COOKIE);
        $this->files = $this->clean($_FILES);
        $this->server = $this->clean($_SERVER + ['HTTPS' => '']);
    }

    /** Escapes for HTML whatever comes in, which is why a signature cannot be checked over it. */
    public function clean($data)
    {
        if (!is_array($data)) {
            return trim(htmlspecialchars((string) $data, ENT_COMPAT, 'UTF-8'));
        }
        $clean = [];
        foreach ($data as $key => $value) {
            $clean[$this->clean($key)] = $this->clean($value);
        }
        return $clean;
    }
}

class Response
{
    /** @var list<string> */
    private array $headers = [];

    private string $output = '';

    public function addHeader($header): void
    {
        $this->headers[] = $header;
    }

    public function redirect($url, $status = 302): void
    {
        header('Location: ' . str_replace('&amp;', '&', $url), true, (int) $status);
        exit;
    }

    public function setCompression($level): void
    {
    }

    public function setOutput($output): void
    {
        $this->output = (string) $output;
    }

    public function getOutput()
    {
        return $this->output;
    }

    public function output(): void
    {
        foreach ($this->output === '' ? [] : $this->headers as $header) {
            header($header);
        }
        echo $this->output;
    }
}

class Session
{
    public array $data = [];

    private $db;

    private string $id = '';

    public function __construct($adaptor, $registry)
    {
        $this->db = $registry->get('db');
        register_shutdown_function([$this, 'close']);
    }

    public function getId()
    {
        return $this->id;
    }

    public function start($id = '')
    {
        $this->id = preg_match('/^[a-zA-Z0-9,-]{22,52}$/', $id) ? $id : bin2hex(random_bytes(13));
        $row = $this->db->query("SELECT data FROM oc_session WHERE session_id = '{$this->id}' AND expire > UTC_TIMESTAMP()")->row;
        $this->data = (array) json_decode($row['data'] ?? '[]', true);
        return $this->id;
    }

    public function destroy(): void
    {
        $this->data = [];
        $this->db->query("DELETE FROM oc_session WHERE session_id = '{$this->id}'");
    }

    public function close(): void
    {
        $data = $this->db->escape((string) json_encode($this->data));
        $this->db->query("REPLACE INTO oc_session SET session_id = '{$this->id}', data = '$data', expire = UTC_TIMESTAMP() + INTERVAL 1 DAY");
    }
}

class Url
{
    private string $base;

    public function __construct($base, $secure = '')
    {
        $this->base = $base;
    }

    public function link($route, $args = '', $plain = false)
    {
        $query = is_array($args) ? http_build_query($args) : trim((string) $args, '&');
        $url = "{$this->base}index.php?route=$route" . ($query === '' ? '' : "&$query");
        return MAJOR === 4 && $plain ? $url : str_replace('&', '&amp;', $url);
    }
}

class Language
{
    private string $code;

    private int $major;

    /** @var array<string, string> */
    private array $data = [];

    public function __construct($code, int $major = MAJOR)
    {
        $this->code = $code;
        $this->major = $major;
    }

    public function get($key)
    {
        return $this->data[$key] ?? ($key === 'code' ? $this->code : $key);
    }

    public function set($key, $value): void
    {
        $this->data[$key] = $value;
    }

    public function all($prefix = '')
    {
        return $this->data;
    }

    public function load($route, $prefix = '', $code = '')
    {
        $file = fileOf('language', $route, $this->code);
        $_ = [];
        if (is_file($file)) {
            require $file;
        }
        return $this->data = $_ + $this->data;
    }
}

class Log
{
    public function write($message): void
    {
        file_put_contents('php://stderr', 'log: ' . (is_string($message) ? $message : print_r($message, true)) . "\n");
    }
}

class Cache
{
    public function get($key)
    {
        return [];
    }

    public function set($key, $value, $expire = 0): void
    {
    }

    public function delete($key): void
    {
    }
}

class Document
{
    public function setTitle($title): void
    {
    }

    public function addScript($href, $position = 'header'): void
    {
    }

    public function addStyle($href, $rel = 'stylesheet', $media = 'screen'): void
    {
    }
}

/** By PHP's mail(), or by a connection to a mail server, which fails as OpenCart's does: with a warning, then an exception. */
class Mail
{
    private string $engine;

    private array $option;

    public function __construct($engine = 'mail', array $option = [])
    {
        $this->engine = $engine;
        $this->option = $option;
    }

    public function __call(string $name, array $arguments): void
    {
        $this->option[strtolower(preg_replace('/^set/', '', $name))] = $arguments[0];
    }

    public function __set(string $name, $value): void
    {
        $this->option[$name] = $value;
    }

    public function send(): bool
    {
        if ($this->engine === 'smtp') {
            $port = (int) ($this->option['smtp_port'] ?? 25);
            $socket = fsockopen($this->option['smtp_hostname'] ?? '127.0.0.1', $port, $code, $why, 1);
            if ($socket === false) {
                throw new \Exception("Error: $why ($code)");
            }
        }
        $text = $this->option['text'] ?? $this->option['html'] ?? '';
        return mail($this->option['to'], $this->option['subject'], $text, 'From: ' . $this->option['from']);
    }
}

class Customer
{
    private $session;

    public function __construct($registry)
    {
        $this->session = $registry->get('session');
    }

    public function isLogged()
    {
        return isset($this->session->data['customer_id']);
    }

    public function getId()
    {
        return (int) ($this->session->data['customer_id'] ?? 0);
    }

    public function getGroupId()
    {
        return 1;
    }
}

class Currency
{
    /** @var array<string, array<string, string>> */
    private array $currencies = [];

    public function __construct($registry)
    {
        foreach ($registry->get('db')->query('SELECT * FROM oc_currency')->rows as $row) {
            $this->currencies[$row['code']] = $row;
        }
    }

    public function format($number, $currency, $value = 0, $format = true)
    {
        $row = $this->currencies[$currency] ?? null;
        if ($row === null) {
            return '';
        }
        $amount = round((float) $number * (float) ($value ?: $row['value']), (int) $row['decimal_place']);
        return $format ? $row['symbol_left'] . number_format($amount, (int) $row['decimal_place']) . $row['symbol_right'] : $amount;
    }

    public function convert($value, $from, $to)
    {
        return $value * ($this->getValue($to) / ($this->getValue($from) ?: 1));
    }

    public function getDecimalPlace($currency)
    {
        return (int) ($this->currencies[$currency]['decimal_place'] ?? 0);
    }

    public function getValue($currency)
    {
        return (float) ($this->currencies[$currency]['value'] ?? 0);
    }

    public function has($currency)
    {
        return isset($this->currencies[$currency]);
    }
}

class Tax
{
    public function __construct($registry)
    {
    }

    public function calculate($value, $class, $calculate = true)
    {
        return $value;
    }
}

class Cart
{
    private $db;

    private $session;

    public function __construct($registry)
    {
        $this->db = $registry->get('db');
        $this->session = $registry->get('session');
    }

    public function getProducts()
    {
        $id = $this->session->getId();
        return $this->db->query("SELECT c.*, p.price, p.price * c.quantity AS total FROM oc_cart c JOIN oc_product p USING (product_id) WHERE session_id = '$id'")->rows;
    }

    public function getTotal()
    {
        return array_sum(array_map(static fn (array $row) => $row['price'] * $row['quantity'], $this->getProducts()));
    }

    public function getSubTotal()
    {
        return $this->getTotal();
    }

    public function hasProducts()
    {
        return count($this->getProducts()) > 0;
    }

    public function hasRecurringProducts()
    {
        return false;
    }

    public function hasSubscription()
    {
        return false;
    }

    public function hasShipping()
    {
        return false;
    }

    public function clear(): void
    {
        $this->db->query("DELETE FROM oc_cart WHERE session_id = '{$this->session->getId()}'");
    }
}
