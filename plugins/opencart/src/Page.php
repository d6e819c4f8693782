<?php

declare(strict_types=1);

namespace Kessai\OpenCart;

/** Pages without the shop's layout, sent at once: for requests that came across sites. */
final class Page
{
    private Texts $texts;

    public function __construct(Texts $texts)
    {
        $this->texts = $texts;
    }

    /** Leaves the visitor's cookies as they are. Before anything is sent. */
    public function withoutCookies(): void
    {
        header_remove('Set-Cookie');
    }

    /**
     * Leads on by a page of the shop's own: after a redirect the browser would still keep a `SameSite=Strict` cookie at home.
     *
     * @param array{url: string, message?: string, remedy?: string} $to what went wrong is told first, and waits for a click
     */
    public function leadOn(array $to): void
    {
        $url = htmlspecialchars($to['url'], ENT_QUOTES, 'UTF-8');
        $isTold = isset($to['message']);
        $head = $isTold || $to['url'] === '' ? '' : "<meta http-equiv=\"refresh\" content=\"0;url=$url\">";
        $told = $isTold ? $to['message'] . ' ' . ($to['remedy'] ?? '') : $this->texts->of('leading_on');
        $told = htmlspecialchars($told, ENT_QUOTES, 'UTF-8');
        $link = $to['url'] === '' ? '' : "<p><a href=\"$url\">{$this->texts->of('leading_on_link')}</a></p>";
        header('content-type: text/html; charset=utf-8');
        header('referrer-policy: no-referrer');
        header('cache-control: no-store');
        header("content-security-policy: default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; frame-ancestors 'none'");
        echo "<!doctype html><html lang=\"{$this->texts->language}\"><meta charset=\"utf-8\">"
            . "<meta name=\"viewport\" content=\"width=device-width\">$head<title>kessai</title>"
            . '<body style="font: 1.1em/1.6 system-ui, sans-serif; max-width: 34em; margin: 20vh auto; padding: 0 1em; text-align: center">'
            . "<p>$told</p>$link";
    }
}
