<?php

declare(strict_types=1);

namespace Kessai\Transport;

use Kessai\Transport;

/**
 * One `kessai call` process a step, for hosting on which no daemon may run. Some 100 ms a step, and two steps or more an
 * operation; requests are sent by PHP itself.
 */
final class Process implements Transport
{
    /** The most that is kept of what the process says of itself, in bytes. */
    private const ERROR_LIMIT = 8192;

    private const CHUNK = 65536;

    /** What a shell says where there is no such program, and Node.js where it does not know an option: it is too old. */
    private const ABSENT = [127, 9];

    /** Without it Node.js reserves some ten gigabytes of addresses for the module, more than hosting often lets a process have. */
    private const FEW_ADDRESSES = '--disable-wasm-trap-handler';

    private string $cli;

    private string $node;

    /**
     * @param string|null $cli  kessai's `js/sidecar/cli.js`; that of the npm package which holds this client unless told
     * @param string      $node Node.js 20.19 or newer
     */
    public function __construct(?string $cli = null, string $node = 'node')
    {
        $this->cli = $cli ?? dirname(__DIR__, 4) . '/js/sidecar/cli.js';
        $this->node = $node;
    }

    public function step(
        string $op,
        #[\SensitiveParameter]
        string $input,
        #[\SensitiveParameter]
        ?string $raw,
        float $seconds
    ): Answer {
        $command = [$this->node, self::FEW_ADDRESSES, $this->cli, 'call', $op, '--include'];
        $pipes = [0 => ['pipe', 'r'], 1 => ['pipe', 'w'], 2 => ['pipe', 'w']];
        $toWrite = [0 => $input];
        if ($raw !== null) {
            // By a pipe: a webhook's body is nothing to leave in a temporary file.
            array_push($command, '--raw', '/dev/fd/3');
            $pipes[3] = ['pipe', 'r'];
            $toWrite[3] = $raw;
        }
        [$status, $out, $error] = $this->run($command, $pipes, $toWrite, $seconds);
        // 0 and 1 are replies; everything else is a process that could not work.
        if (in_array($status, self::ABSENT, true)) {
            throw new Failure('process.absent', ['node' => $this->node]);
        }
        if ($status !== 0 && $status !== 1) {
            throw new Failure('process.failed', ['reason' => self::reason($error) ?? "exit code $status"]);
        }
        return $this->read($out, $error);
    }

    /**
     * Without a shell, and never longer than told.
     *
     * @param string[]             $command
     * @param array<int, string[]> $pipes
     * @param array<int, string>   $toWrite by the number of the pipe
     *
     * @return array{int, string, string} exit code, output, the beginning of the error output
     */
    private function run(
        array $command,
        array $pipes,
        #[\SensitiveParameter]
        array $toWrite,
        float $seconds
    ): array {
        if (!function_exists('proc_open')) {
            throw new Failure('process.disabled');
        }
        $deadline = microtime(true) + $seconds;
        $process = @proc_open($command, $pipes, $streams);
        if ($process === false) {
            throw new Failure('process.absent', ['node' => $this->node]);
        }
        try {
            $said = self::exchange($streams, $toWrite, $deadline);
            $status = $said === null ? null : self::exitCode($process, $deadline);
        } finally {
            // Whatever happened: nothing that was started is left behind.
            array_map('fclose', array_filter($streams, 'is_resource'));
            if (proc_get_status($process)['running']) {
                proc_terminate($process, 9);
            }
            proc_close($process);
        }
        if ($said === null || $status === null) {
            throw new Failure('process.timeout', ['seconds' => (string) round($seconds, 1)]);
        }
        return [$status, $said[1], $said[2]];
    }

    /**
     * Writes and reads at once, since a process that waits for its reader does not read either.
     *
     * @param array<int, resource> $streams
     * @param array<int, string>   $toWrite
     *
     * @return array<int, string>|null what the process said, by the number of the pipe; null where the time was over
     */
    private static function exchange(
        array &$streams,
        #[\SensitiveParameter]
        array $toWrite,
        float $deadline
    ): ?array {
        $said = [1 => '', 2 => ''];
        foreach ($streams as $stream) {
            stream_set_blocking($stream, false);
        }
        while (isset($streams[1]) || isset($streams[2])) {
            $rest = $deadline - microtime(true);
            if ($rest <= 0) {
                return null;
            }
            $read = array_intersect_key($streams, $said);
            $write = array_intersect_key($streams, $toWrite);
            $none = null;
            if (@stream_select($read, $write, $none, (int) $rest, (int) (fmod($rest, 1) * 1e6)) === false) {
                continue;
            }
            foreach (array_keys($write) as $number) {
                $written = @fwrite($streams[$number], substr($toWrite[$number], 0, self::CHUNK));
                $toWrite[$number] = $written === false ? '' : (string) substr($toWrite[$number], $written);
                if ($toWrite[$number] === '') {
                    fclose($streams[$number]);
                    unset($streams[$number]);
                }
            }
            foreach (array_keys($read) as $number) {
                $chunk = (string) fread($streams[$number], self::CHUNK);
                $room = $number === 2 ? self::ERROR_LIMIT - strlen($said[2]) : self::CHUNK;
                $said[$number] .= substr($chunk, 0, max(0, $room));
                if ($chunk === '' && feof($streams[$number])) {
                    fclose($streams[$number]);
                    unset($streams[$number]);
                }
            }
            if (strlen($said[1]) > Answer::MOST_BYTES) {
                throw new Failure('process.failed', ['reason' => 'the reply is too large']);
            }
        }
        return $said;
    }

    /**
     * @param resource $process
     *
     * @return int|null null where it did not end in time
     */
    private static function exitCode($process, float $deadline): ?int
    {
        for (;;) {
            $status = proc_get_status($process);
            if (!$status['running']) {
                return $status['exitcode'];
            }
            if (microtime(true) >= $deadline) {
                return null;
            }
            usleep(500);
        }
    }

    /** `name: value` lines, an empty line, and the reply. */
    private function read(string $out, string $error): Answer
    {
        [$head, $text] = explode("\n\n", $out, 2) + [1 => ''];
        preg_match('/^kessai-version: (\S+)$/m', $head, $version);
        preg_match('/^kessai-ops: (\d+)$/m', $head, $ops);
        if ($text === '' || !$version) {
            throw new Failure('process.failed', ['reason' => self::reason($error) ?? 'no reply']);
        }
        return new Answer($text, $version[1], $ops ? (int) $ops[1] : null);
    }

    /**
     * Of the error output only the lines that are known to hold nothing that was given to the process.
     */
    private static function reason(string $error): ?string
    {
        $known = '/^(kessai: .{1,200}|Error: Cannot find module .{1,200}|kessai needs Node.{1,200})$/m';
        return preg_match($known, $error, $found) ? $found[1] : null;
    }
}
