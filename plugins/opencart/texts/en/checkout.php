<?php

declare(strict_types=1);

return [
    'method_title' => 'Bitcoin / Lightning',
    'button_pay' => 'Pay with Bitcoin',
    'error_page' => 'The Bitcoin payment page cannot be opened at the moment. Your cart and your order are kept. Please try again in a minute, or choose another way to pay.',
    'error_order' => 'This order cannot be paid any more. Please go back to your cart and begin the checkout again.',
    'error_link' => 'This link does not fit any order, or it is too old. If you have paid, please contact us and name your order number.',
    'opening' => 'Opening the payment page …',
    'leading_on' => 'Back to the shop …',
    'leading_on_link' => 'Continue',
    'order_title' => 'Order {order}',
    'button_again' => 'Back to the checkout',
    'button_continue_payment' => 'Continue the payment',
    'button_shop' => 'Continue shopping',
    'mail_subject' => 'Order {order}',
];
