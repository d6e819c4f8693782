<?php

$_['heading_title'] = 'ビットコイン / ライトニング';
