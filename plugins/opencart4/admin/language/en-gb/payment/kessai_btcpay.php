<?php

// For OpenCart's list of payment methods; everything else has its texts in system/.
$_['heading_title'] = 'Bitcoin (BTCPay Server)';
