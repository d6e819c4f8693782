<?php

declare(strict_types=1);

namespace Kessai;

use Kessai\Transport\Answer;
use Kessai\Transport\Failure;
use Kessai\Transport\Sends;

/**
 * The core, behind its transport: arrays in, arrays out.
 *
 * @internal
 */
final class Door
{
    /** The most that one step takes, in seconds: it asks nobody, and is often called under a lock. */
    public const STEP_SECONDS = 10.0;

    private Transport $transport;

    private string $language;

    private Compatibility $compatibility;

    public function __construct(Transport $transport, string $language)
    {
        $this->transport = $transport;
        $this->language = $language;
        $this->compatibility = new Compatibility($language);
    }

    /**
     * @param array<string, mixed> $input
     *
     * @return array<string, mixed> with exactly one of `ok`, `err` and `send`
     *
     * @throws KessaiException where the core could not be asked
     */
    public function call(
        string $op,
        #[\SensitiveParameter]
        array $input,
        #[\SensitiveParameter]
        ?string $raw = null,
        float $seconds = self::STEP_SECONDS
    ): array {
        if (!preg_match('/^[A-Za-z.]{1,64}$/D', $op)) {
            throw new \InvalidArgumentException('An operation is named by letters and a point, such as order.apply.');
        }
        $text = $this->encoded($op, $input);
        $seconds = min($seconds, self::STEP_SECONDS);
        $reply = $this->asked($op, fn (): Answer => $this->transport->step($op, $text, $raw, $seconds));
        if (count(array_intersect_key($reply, ['ok' => 0, 'err' => 0, 'send' => 0])) !== 1) {
            throw Texts::exception('client.reply', ['op' => $op], $this->language);
        }
        return $reply;
    }

    /**
     * Has requests sent by the sidecar.
     *
     * @param array<int, mixed> $requests the `send` of a reply
     *
     * @return array<int, mixed> responses
     *
     * @throws KessaiException where it is not known what became of them
     */
    public function send(
        Sends $transport,
        #[\SensitiveParameter]
        array $requests,
        float $seconds
    ): array {
        $text = $this->encoded('send', ['send' => $requests]);
        $reply = $this->asked('send', static fn (): Answer => $transport->send($text, $seconds));
        if (isset($reply['err'])) {
            throw new KessaiException($reply['err']);
        }
        return $reply['responses'] ?? [];
    }

    /** A failure of the host's own, in the words of the core's catalogues. */
    public function failure(string $code, ?string $details = null): KessaiException
    {
        ['err' => $failure] = $this->call('error.tell', ['code' => $code, 'language' => $this->language]) + ['err' => []];
        return new KessaiException($failure + ($details === null ? [] : ['details' => $details]));
    }

    /** @param array<string, mixed> $input */
    private function encoded(
        string $op,
        #[\SensitiveParameter]
        array $input
    ): string {
        try {
            return Json::encode($input);
        } catch (\JsonException $error) {
            throw Texts::exception('client.input', ['op' => $op, 'reason' => $error->getMessage()], $this->language);
        }
    }

    /**
     * @param callable(): Answer $ask
     *
     * @return array<string, mixed>
     */
    private function asked(
        string $op,
        #[\SensitiveParameter]
        callable $ask
    ): array {
        try {
            $answer = $ask();
            $this->compatibility->check($answer);
            $reply = Json::decode($answer->text);
            $this->compatibility->explain($answer, $reply);
            return $reply;
        } catch (Failure $failure) {
            throw Texts::of($failure, $this->language);
        } catch (\JsonException $_) {
            throw Texts::exception('client.reply', ['op' => $op], $this->language);
        }
    }
}
