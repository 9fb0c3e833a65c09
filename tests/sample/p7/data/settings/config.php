<?php

return array(
	'sieve' => true,
	'sieve.config.host' => '',
	'sieve.config.port' => 4190,
	'sieve.config.filters-folder-charset' => 'utf-8', // or utf7-imap
	'sieve.config.domains' => array('imap.linden.example', 'localhost'),
);
