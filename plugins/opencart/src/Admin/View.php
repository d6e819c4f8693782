<?php

declare(strict_types=1);

namespace Kessai\OpenCart\Admin;

use Kessai\OpenCart\Texts;
use Twig\Environment;
use Twig\Loader\FilesystemLoader;

/**
 * The templates of `view/admin`, the same for both versions. OpenCart renders its own with escaping off; here everything is escaped
 * that is not marked `raw`.
 */
final class View
{
    /** What the two admin themes call the same thing: Bootstrap 3 and 5. */
    private const LOOKS = [
        3 => [
            'button' => 'btn btn-default',
            'small' => 'btn-xs',
            'select' => 'form-control',
            'row' => 'form-group',
            'form' => 'form-horizontal',
            'label' => 'col-sm-3 control-label',
            'offset' => 'col-sm-offset-3 col-sm-9',
            'end' => 'text-right',
            'muted' => 'text-muted',
            'badge' => 'label label-danger',
            'icon' => 'fa fa-',
            'card' => 'panel panel-default',
            'cardHeader' => 'panel-heading',
            'cardBody' => 'panel-body',
            'inline' => 'form-inline',
            'field' => '',
            // OpenCart 3's page of an order removes every `.alert` while it loads.
            'notice' => 'list-group-item list-group-item-',
            'toggle' => 'data-toggle',
            'ok' => 'label label-success',
            'warning' => 'label label-warning',
            'neutral' => 'label label-default',
        ],
        4 => [
            'button' => 'btn btn-light',
            'small' => 'btn-sm',
            'select' => 'form-select',
            'row' => 'row mb-3',
            'form' => '',
            'label' => 'col-sm-3 col-form-label',
            'offset' => 'col-sm-9 offset-sm-3',
            'end' => 'text-end',
            'muted' => 'text-muted',
            'badge' => 'badge bg-danger',
            'icon' => 'fa-solid fa-',
            'card' => 'card',
            'cardHeader' => 'card-header',
            'cardBody' => 'card-body',
            'inline' => 'row g-2',
            'field' => 'col-auto',
            'notice' => 'alert alert-',
            'toggle' => 'data-bs-toggle',
            'ok' => 'badge bg-success',
            'warning' => 'badge bg-warning text-dark',
            'neutral' => 'badge bg-secondary',
        ],
    ];

    private Texts $texts;

    private int $major;

    /** @param int $major OpenCart's */
    public function __construct(Texts $texts, int $major)
    {
        $this->texts = $texts;
        $this->major = $major;
    }

    /**
     * @param string               $name such as `order`, of `view/admin/order.twig`
     * @param array<string, mixed> $data beside `t`, the texts, and `ui`, the classes of the theme
     *
     * @return string HTML
     */
    public function render(string $name, array $data): string
    {
        $options = ['autoescape' => 'html', 'strict_variables' => true, 'auto_reload' => true, 'cache' => DIR_CACHE . 'template/'];
        $twig = new Environment(new FilesystemLoader(dirname(__DIR__, 2) . '/view/admin'), $options);
        return $twig->render("$name.twig", $data + ['t' => $this->texts->all(), 'ui' => self::LOOKS[$this->major]]);
    }
}
