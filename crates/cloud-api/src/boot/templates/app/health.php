<?php
// Says whether the database answers, for a server that has no application yet. Made by Schwenk.
$config = json_decode(file_get_contents(getenv('SCHWENK_APP_CONFIG')), true)['database'];
mysqli_report(MYSQLI_REPORT_ERROR | MYSQLI_REPORT_STRICT);
header('Content-Type: text/plain');
header('Cache-Control: no-store');
try {
    $database = mysqli_init();
    $database->options(MYSQLI_OPT_CONNECT_TIMEOUT, 2);
    $database->options(MYSQLI_OPT_SSL_VERIFY_SERVER_CERT, true);
    $database->ssl_set(null, null, $config['ca'], null, null);
    $database->real_connect($config['host'], $config['user'], $config['password'], $config['name'],
        $config['port'], null, MYSQLI_CLIENT_SSL);
    $database->query('SELECT 1');
    echo "{{ health_contains }}\n";
} catch (mysqli_sql_exception $problem) {
    error_log('the database does not answer: ' . $problem->getMessage());
    http_response_code(503);
    echo "the database does not answer\n";
}
