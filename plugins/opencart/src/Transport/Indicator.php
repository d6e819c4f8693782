<?php

declare(strict_types=1);

namespace Kessai\OpenCart\Transport;

use Kessai\Kessai;
use Kessai\KessaiException;
use Kessai\OpenCart\Settings;
use Kessai\OpenCart\Texts;
use Kessai\Ops\Table;

/** Whether kessai answers this shop, asked at this moment. */
final class Indicator
{
    private Texts $texts;

    public function __construct(Texts $texts)
    {
        $this->texts = $texts;
    }

    /**
     * Asks for what nobody else has to be asked for, twice: the second time is the one that is told, since the first may have
     * started a service.
     *
     * @return array{state: 'running'|'other'|'failing', message: string, remedy: string, version: string, milliseconds: int}
     *     `other`: it works, but is another version than the extension; where it fails, `version` is empty
     */
    public function look(Settings $settings): array
    {
        $transport = $settings->transport();
        $kessai = new Kessai($transport, ['language' => $this->texts->language]);
        try {
            $reply = $kessai->call('order.timeline', ['record' => null]);
            if (isset($reply['err'])) {
                // Somebody answers and refuses: a token that is not theirs.
                throw new KessaiException($reply['err']);
            }
        } catch (KessaiException $error) {
            $remedy = 'transport_remedy_' . $error->errorCode();
            $known = $this->texts->of($remedy);
            return [
                'state' => 'failing',
                'message' => $error->getMessage(),
                'remedy' => $known === $remedy ? (string) $error->remedy() : $known,
                'version' => '',
                'milliseconds' => 0,
            ];
        }
        $start = microtime(true);
        $version = $transport->step('order.timeline', '{"record":null}', null, 5.0)->version;
        $milliseconds = (int) ceil((microtime(true) - $start) * 1000);
        $isOwn = $version === Table::VERSION;
        $values = ['version' => $version, 'own' => Table::VERSION, 'milliseconds' => $milliseconds];
        return [
            'state' => $isOwn ? 'running' : 'other',
            'message' => $this->texts->of($isOwn ? 'transport_running' : 'transport_other', $values),
            'remedy' => $isOwn ? '' : $this->texts->of('transport_remedy_client.ahead'),
            'version' => $version,
            'milliseconds' => $milliseconds,
        ];
    }
}
