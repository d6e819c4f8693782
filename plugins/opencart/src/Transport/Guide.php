<?php

declare(strict_types=1);

namespace Kessai\OpenCart\Transport;

use Kessai\OpenCart\Texts;

/**
 * From no Node.js to a kessai that answers: commands to copy, for this very shop.
 *
 * @phpstan-import-type Facts from Machine
 * @phpstan-type Step array{title: string, text: string, command: string}
 */
final class Guide
{
    public const KINDS = ['debian', 'docker', 'hosting'];

    /** The oldest Node.js that kessai runs on. */
    public const NODE = '20.19.0';

    /** Where Debian's units have the socket, and where a container has it that outlives a restart of the machine. */
    private const SOCKET = '/run/kessai/kessai.sock';
    private const KEPT_SOCKET = '/var/lib/kessai/kessai.sock';

    private Texts $texts;

    public function __construct(Texts $texts)
    {
        $this->texts = $texts;
    }

    /**
     * @param string $kind  one of {@see KINDS}
     * @param Facts  $facts of {@see Machine}
     *
     * @return list<Step> in the order in which they are done; `command`: lines for a shell, or empty. As root for `debian` and
     *     `docker`, as the hosting's own user for `hosting`
     */
    public function commands(string $kind, array $facts): array
    {
        switch ($kind) {
            case 'debian':
                return $this->debian($facts);
            case 'docker':
                return $facts['container'] === '' ? $this->docker($facts) : $this->containers($facts);
            case 'hosting':
                return $this->hosting($facts);
        }
        throw new \InvalidArgumentException("There is no guide for $kind.");
    }

    /**
     * @param Facts $facts
     *
     * @return list<Step>
     */
    private function debian(array $facts): array
    {
        $node = self::hasNode($facts) ? $facts['node'] : '/usr/bin/node';
        return [
            $this->node($facts),
            $this->copied($facts),
            $this->step('account', [
                'id -u kessai > /dev/null 2>&1 || adduser --system --group --no-create-home kessai',
                'install -d /etc/kessai',
                'echo ' . self::quoted('KESSAI_OPTIONS=' . trim(self::gateway($facts))) . ' > /etc/kessai/options',
            ]),
            $this->step('units', [
                self::unit('service', '/usr/bin/node', $node),
                self::unit('socket', 'www-data', $facts['group']),
                'systemctl daemon-reload',
                'systemctl enable --now kessai.socket',
            ], ['group' => $facts['group']]),
            $this->step('check', ['curl --unix-socket ' . self::SOCKET . ' http://kessai/readyz']),
            $this->step('choose_socket', [], ['path' => self::SOCKET]),
            $this->step('update', array_merge(self::copying($facts), ['systemctl restart kessai.service'])),
        ];
    }

    /** Copies a unit, with something of this machine in the place of what it names. */
    private static function unit(string $kind, string $named, string $own): string
    {
        [$from, $to] = ["/opt/kessai/systemd/kessai.$kind", "/etc/systemd/system/kessai.$kind"];
        return $named === $own ? "cp $from $to" : 'sed ' . self::quoted("s#$named#$own#") . " $from > $to";
    }

    /**
     * kessai in a container, and the shop on the machine itself.
     *
     * @param Facts $facts
     *
     * @return list<Step>
     */
    private function docker(array $facts): array
    {
        $folder = dirname(self::KEPT_SOCKET);
        return [
            $this->copied($facts),
            $this->step('container_folder', ["install -d -m 750 -o {$facts['uid']} -g {$facts['gid']} $folder"], [
                'user' => $facts['user'],
            ]),
            $this->step('container', self::container($facts, $folder, self::KEPT_SOCKET)),
            $this->step('check', ['curl --unix-socket ' . self::KEPT_SOCKET . ' http://kessai/readyz']),
            $this->step('choose_socket', [], ['path' => self::KEPT_SOCKET]),
            $this->step('update', array_merge(self::copying($facts), ['docker restart kessai'])),
        ];
    }

    /**
     * The shop is in a container as well: they share a volume with the socket in it.
     *
     * @param Facts $facts
     *
     * @return list<Step>
     */
    private function containers(array $facts): array
    {
        $folder = dirname(self::SOCKET);
        $copying = [
            'rm -rf /opt/kessai && mkdir /opt/kessai',
            "docker cp {$facts['container']}:" . self::quoted("{$facts['runtime']}/.") . ' /opt/kessai/',
            'chmod -R a+rX /opt/kessai',
        ];
        return [
            $this->step('copy', $copying),
            $this->step('container_volume', [
                'docker volume create kessai',
                "docker run --rm --volume kessai:$folder node:22-alpine "
                    . "install -d -m 750 -o {$facts['uid']} -g {$facts['gid']} $folder",
            ], ['user' => $facts['user']]),
            $this->step('container', self::container($facts, 'kessai', self::SOCKET)),
            $this->step('container_share', ["--volume kessai:$folder"]),
            $this->step('choose_socket', [], ['path' => self::SOCKET]),
            $this->step('update', array_merge($copying, ['docker restart kessai'])),
        ];
    }

    /**
     * @param Facts $facts
     *
     * @return list<Step>
     */
    private function hosting(array $facts): array
    {
        $needs = $this->step('hosting_needs', [], [
            'programs' => $this->texts->of($facts['mayStart'] ? 'transport_may_start' : 'transport_may_not_start'),
            'node' => $this->texts->of($facts['nodeVersion'] === '' ? 'transport_no_node' : 'transport_has_node', [
                'version' => $facts['nodeVersion'],
                'path' => $facts['node'],
            ]),
        ]);
        if (!$facts['mayStart']) {
            return [$needs, $this->step('hosting_cannot', [])];
        }
        $has = self::hasNode($facts);
        $node = $has ? $facts['node'] : '$HOME/kessai-node/bin/node';
        $program = $has ? self::quoted($node) : "\"$node\"";
        return array_values(array_filter([
            $needs,
            $has ? null : $this->step('hosting_find', [
                'ls -d $(which -a node) /opt/alt/alt-nodejs*/root/usr/bin/node /opt/cpanel/ea-nodejs*/bin/node '
                    . '/opt/plesk/node/*/bin/node ~/.nvm/versions/node/*/bin/node 2> /dev/null',
            ]),
            $has ? null : $this->step('hosting_install', self::unpacking('$HOME/kessai-node')),
            $this->step('hosting_try', ["$program " . self::quoted("{$facts['runtime']}/kessai.mjs") . ' --version']),
            $this->step('choose_process', $has ? [$node] : ["echo \"$node\""]),
            $this->step('hosting_cannot', []),
        ]));
    }

    /**
     * @param Facts $facts
     *
     * @return Step
     */
    private function node(array $facts): array
    {
        if (self::hasNode($facts)) {
            return $this->step('node_there', [], ['version' => $facts['nodeVersion'], 'path' => $facts['node']]);
        }
        [$name, $number] = explode(' ', "{$facts['system']} ");
        return $name === 'debian' && version_compare($number, '13') >= 0
            ? $this->step('node', ['apt-get update', 'apt-get install --yes --no-install-recommends nodejs curl', 'node --version'])
            : $this->step('node_tarball', array_merge(
                ['apt-get update', 'apt-get install --yes --no-install-recommends ca-certificates curl xz-utils'],
                self::unpacking('/opt/node', ' && ln -sf /opt/node/bin/node /usr/bin/node'),
                ['node --version']
            ));
    }

    /**
     * Node.js as its makers publish it, compared with their list of checksums.
     *
     * @param string $then what is done once all of it is there
     *
     * @return string[]
     */
    private static function unpacking(string $folder, string $then = ''): array
    {
        return [
            'cd "$(mktemp -d)"',
            'from=https://nodejs.org/dist/latest-v22.x',
            'curl -fsSLO "$from/SHASUMS256.txt"',
            'file=$(grep -o "node-v22.*-linux-$(uname -m | sed \'s/x86_64/x64/; s/aarch64/arm64/\').tar.xz" SHASUMS256.txt)',
            'curl -fLO "$from/$file"',
            'grep " $file$" SHASUMS256.txt | sha256sum --check && \\',
            "  mkdir -p \"$folder\" && tar -xJf \"\$file\" -C \"$folder\" --strip-components 1$then",
            'cd',
        ];
    }

    /**
     * @param Facts $facts
     *
     * @return Step
     */
    private function copied(array $facts): array
    {
        return $this->step('copy', self::copying($facts));
    }

    /**
     * As root's own: what a service runs must not be what a web server can write.
     *
     * @param Facts $facts
     *
     * @return string[]
     */
    private static function copying(array $facts): array
    {
        $source = self::quoted($facts['runtime']);
        return ['rm -rf /opt/kessai', "cp -r $source /opt/kessai", 'chmod -R a+rX /opt/kessai'];
    }

    /**
     * @param Facts  $facts
     * @param string $volume a folder of the machine, or the name of a volume
     *
     * @return string[]
     */
    private static function container(array $facts, string $volume, string $socket): array
    {
        return [
            'docker run --detach --name kessai --restart always --read-only --cap-drop ALL --memory 512m --stop-timeout 30 \\',
            "  --user {$facts['uid']}:{$facts['gid']} --volume /opt/kessai:/opt/kessai:ro --volume $volume:" . dirname($socket) . ' \\',
            "  node:22-alpine node /opt/kessai/kessai.mjs serve --socket $socket" . self::gateway($facts),
        ];
    }

    /** @param Facts $facts */
    private static function gateway(array $facts): string
    {
        $url = $facts['serverUrl'];
        return $url === '' ? '' : ' --gateway ' . $url;
    }

    /** @param Facts $facts */
    private static function hasNode(array $facts): bool
    {
        return $facts['nodeVersion'] !== '' && version_compare($facts['nodeVersion'], self::NODE) >= 0;
    }

    /** One word for a shell. */
    private static function quoted(string $word): string
    {
        return preg_match('#^[\w/.:@%+=-]+$#D', $word) ? $word : "'" . str_replace("'", "'\\''", $word) . "'";
    }

    /**
     * @param string[]                  $lines
     * @param array<string, string|int> $values of its text
     *
     * @return Step
     */
    private function step(string $name, array $lines, array $values = []): array
    {
        return [
            'title' => $this->texts->of("transport_{$name}_title"),
            'text' => $this->texts->of("transport_{$name}_text", $values),
            'command' => implode("\n", $lines),
        ];
    }
}
