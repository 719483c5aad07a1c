<?php
// Accounts and chores at the command line: php account.php set|close NAME, list, tidy.
declare(strict_types=1);
require __DIR__ . '/lib/start.php';

PHP_SAPI === 'cli' || exit;
restore_exception_handler();
set_exception_handler(function (Throwable $why): void {
    fwrite(STDERR, 'account: ' . $why->getMessage() . "\n");
    exit(1);
});
$name = $argv[2] ?? '';
match ($argv[1] ?? '') {
    'set' => set($name),
    'close' => write_account($name, (account($name) ?? throw new Exception("no account $name"))['revision'] + 1, ''),
    'list' => print(implode("\n", array_column(sql("SELECT DISTINCT name FROM account ORDER BY name"), 'name')) . "\n"),
    'tidy' => tidy(),
    default => fwrite(STDERR, "php account.php set NAME    makes an account, or changes its password and ends its sessions;
                            the password is the first line of the input
php account.php close NAME  nobody can log in by it any more
php account.php list        the names there are or were
php account.php tidy        deletes what is past its time; pages do it now and then\n") && exit(2),
};

function set(string $name): void
{
    if (!preg_match('/^[a-z0-9._-]{1,32}$/D', $name)) {
        throw new Exception('a name has 1 to 32 of a-z, 0-9, ".", "_" and "-"');
    }
    stream_isatty(STDIN) && fwrite(STDERR, 'password, shown as you type: ');
    $password = rtrim((string) fgets(STDIN), "\r\n");
    if (strlen($password) < 8 || strlen($password) > PASSWORD_MAX) {
        throw new Exception('a password has 8 to ' . PASSWORD_MAX . ' bytes');
    }
    $rows = sql('SELECT MAX(revision) AS revision FROM account WHERE name = ?', $name);
    write_account($name, ($rows[0]['revision'] ?? 0) + 1,
        password_hash($password, PASSWORD_BCRYPT, ['cost' => config('bcrypt_cost')]));
}
