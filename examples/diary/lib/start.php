<?php
// What every page begins with: errors, configuration, database, answers.
declare(strict_types=1);

const BODY_MAX = 64 * 1024;
const DEFAULTS = [
    'location' => '',       // shown at the foot of each page
    'https' => true,        // visitors come by HTTPS, so the cookie is for HTTPS only
    'bcrypt_cost' => 12,
    'max_lag' => 2,         // seconds that a restarted database may lag behind before it serves
];

ini_set('display_errors', '0');
ini_set('zend.exception_ignore_args', '1');
error_reporting(E_ALL);
set_error_handler(function (int $level, string $text, string $file, int $line): bool {
    if ($level & (E_DEPRECATED | E_USER_DEPRECATED)) {
        return false;
    }
    throw new ErrorException($text, 0, $level, $file, $line);
});
set_exception_handler('broken');

header_remove('X-Powered-By');
header('Cache-Control: no-store');
header('X-Content-Type-Options: nosniff');
header('Referrer-Policy: same-origin');
header('Cross-Origin-Opener-Policy: same-origin');
header("Content-Security-Policy: default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; "
    . "connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'");

require __DIR__ . '/session.php';
require __DIR__ . '/accounts.php';
require __DIR__ . '/entries.php';

/** A setting of the file that the boot script makes, or of this application's part in it. */
function config(string $key): mixed
{
    static $config;
    if ($config === null) {
        $text = file_get_contents(getenv('SCHWENK_APP_CONFIG') ?: '/etc/schwenk/app.json');
        $all = json_decode($text, true, 8, JSON_THROW_ON_ERROR);
        $config = ($all['diary'] ?? []) + $all + DEFAULTS;
    }
    return $config[$key];
}

/** The database; a server that is silent fails after some seconds instead of holding the visitor up. */
function db(int $patience = 4): mysqli
{
    static $db;
    if ($db === null) {
        mysqli_report(MYSQLI_REPORT_ERROR | MYSQLI_REPORT_STRICT);
        $where = config('database') + ['port' => 3306, 'ca' => null];
        $new = mysqli_init();
        $new->options(MYSQLI_OPT_CONNECT_TIMEOUT, $patience);
        $new->options(MYSQLI_OPT_READ_TIMEOUT, $patience);
        $new->options(MYSQLI_SET_CHARSET_NAME, 'utf8mb4');
        $new->options(MYSQLI_INIT_COMMAND, "SET sql_mode = 'TRADITIONAL', innodb_lock_wait_timeout = 1");
        if ($where['ca'] !== null) {
            $new->options(MYSQLI_OPT_SSL_VERIFY_SERVER_CERT, true);
            $new->ssl_set(null, null, $where['ca'], null, null);
        }
        $new->real_connect($where['host'], $where['user'], $where['password'], $where['name'], $where['port'], null,
            $where['ca'] === null ? 0 : MYSQLI_CLIENT_SSL);
        $db = $new;
    }
    return $db;
}

/** Runs a prepared statement; the rows, none for anything but a query. */
function sql(string $statement, mixed ...$values): array
{
    $result = db()->execute_query($statement, $values);
    return is_bool($result) ? [] : $result->fetch_all(MYSQLI_ASSOC);
}

/** Among how many servers ids are shared, and which of them this one makes. */
function shares(): array
{
    static $shares;
    $shares ??= array_map('intval', sql('SELECT @@auto_increment_increment AS n, @@auto_increment_offset AS mine')[0]);
    return [$shares['n'], $shares['mine'] % $shares['n']];
}

/** Deletes what is past its time, but only rows of this server: see schema.sql. */
function tidy(): void
{
    [$n, $mine] = shares();
    sql("DELETE FROM session WHERE home MOD ? = ? AND used < UTC_TIMESTAMP() - INTERVAL IF(data = '', 24, 1) HOUR",
        $n, $mine);
    sql('DELETE FROM attempt WHERE id MOD ? = ? AND made < UTC_TIMESTAMP() - INTERVAL 1 HOUR', $n, $mine);
    sql('DELETE old FROM account old JOIN account new ON new.name = old.name AND (new.revision > old.revision
        OR new.revision = old.revision AND new.id > old.id)
        WHERE old.id MOD ? = ? AND new.written < UTC_TIMESTAMP() - INTERVAL 1 DAY', $n, $mine);
    sql('DELETE old FROM entry old JOIN entry new ON new.owner = old.owner AND new.entry = old.entry
        AND new.revision > old.revision
        WHERE old.id MOD ? = ? AND new.written < UTC_TIMESTAMP() - INTERVAL IF(new.gone, 1, 30) DAY', $n, $mine);
}

/** Refuses other methods, requests of other sites, and what is too large. */
function method(string ...$allowed): string
{
    $method = $_SERVER['REQUEST_METHOD'] === 'HEAD' ? 'GET' : $_SERVER['REQUEST_METHOD'];
    if (!in_array($method, $allowed, true)) {
        header('Allow: ' . implode(', ', $allowed));
        refuse(405, 'This cannot be done here.');
    }
    if ((int) ($_SERVER['CONTENT_LENGTH'] ?? 0) > 4 * BODY_MAX) {
        refuse(413, 'That is too long.');
    }
    $origin = $_SERVER['HTTP_ORIGIN'] ?? null;
    $foreign = isset($_SERVER['HTTP_SEC_FETCH_SITE'])
        ? !in_array($_SERVER['HTTP_SEC_FETCH_SITE'], ['same-origin', 'none'], true)
        : $origin !== null && preg_replace('~^https?://~', '', $origin) !== ($_SERVER['HTTP_HOST'] ?? '');
    if ($method === 'POST' && $foreign) {
        refuse(403, 'This request came from another site.');
    }
    return $method;
}

/** A field of the form: text that is not too long, or the request is refused. */
function field(string $name, int $max, ?array $from = null): string
{
    $value = ($from ?? $_POST)[$name] ?? '';
    if (!is_string($value) || !preg_match('//u', $value)) {
        refuse(400, 'The form is not filled in properly.');
    }
    return strlen($value) <= $max ? $value : refuse(413, 'That is too long.');
}

function h(?string $text): string
{
    return htmlspecialchars($text ?? '', ENT_QUOTES | ENT_SUBSTITUTE);
}

function go(string $where): never
{
    header("Location: $where", true, 303);
    exit;
}

function refuse(int $status, string $why): never
{
    page($status, $why, '<p><a href="./">Back to the diary</a></p>');
}

/** The last resort: the visitor learns that it did not work, the log learns why. */
function broken(Throwable $why): void
{
    error_log((string) $why);
    // Else the session would be written at the end, and fail in its turn.
    session_status() === PHP_SESSION_ACTIVE && session_abort();
    // A session that cannot be read now is not over: the visitor keeps its cookie.
    header_remove('Set-Cookie');
    if ($why instanceof mysqli_sql_exception) {
        header('Retry-After: 2');
        page(503, 'The service is moving to another location.', '<p>Please wait a moment. This page goes on by itself.</p>');
    }
    page(500, 'Something went wrong.', '<p>It was written down. Please try again later.</p>');
}

function page(int $status, string $title, string $html, ?array $user = null): never
{
    http_response_code($status);
    header('Content-Type: text/html; charset=utf-8');
    require __DIR__ . '/page.php';
    exit;
}
