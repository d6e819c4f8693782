<?php

$_['heading_title'] = 'Bitcoin / Lightning';
