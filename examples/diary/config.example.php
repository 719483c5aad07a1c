<?php
// /etc/diary/config.php, or where DIARY_CONFIG points to. Readable by the web server's user only.
return [
    'db_host' => '10.0.1.3',
    'db_name' => 'diary',
    'db_user' => 'diary',
    'db_password' => 'change me',

    // What follows shows the defaults.
    'db_port' => 3306,
    'db_ca' => null,        // PEM file of the CA: TLS to the database, its certificate verified
    'site' => '',           // the location's name, shown at the foot of each page
    'https' => true,        // visitors come by HTTPS, so the cookie is for HTTPS only
    'proxies' => [],        // addresses of the load balancers, whose X-Forwarded-For is believed
    'bcrypt_cost' => 12,
    'max_lag' => 2,         // seconds a restarted database may lag behind before it serves
];
