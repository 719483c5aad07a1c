<?php
// Accounts: the newest row of a name counts. They are made at the command line, see account.php.
declare(strict_types=1);

// What bcrypt looks at.
const PASSWORD_MAX = 72;

function account(string $name): ?array
{
    $rows = sql('SELECT name, revision, hash FROM account WHERE name = ? ORDER BY revision DESC, id DESC LIMIT 1', $name);
    return $rows && $rows[0]['hash'] !== '' ? $rows[0] : null;
}

function write_account(string $name, int $revision, string $hash): void
{
    sql('INSERT INTO account (name, revision, hash, written) VALUES (?, ?, ?, UTC_TIMESTAMP(3))', $name, $revision, $hash);
}

/** A hash is renewed under the same revision: a password that is changed meanwhile elsewhere wins. */
function password_is_right(?array $account, string $password): bool
{
    $how = ['cost' => config('bcrypt_cost')];
    if ($account === null) {
        // Somebody who is unknown takes as long to refuse as a wrong password.
        password_hash($password, PASSWORD_BCRYPT, $how);
        return false;
    }
    if (!password_verify($password, $account['hash'])) {
        return false;
    }
    if (password_needs_rehash($account['hash'], PASSWORD_BCRYPT, $how)) {
        write_account($account['name'], $account['revision'], password_hash($password, PASSWORD_BCRYPT, $how));
    }
    return true;
}

/** Whether there were too many wrong passwords in the last quarter of an hour, at all locations together. */
function too_many(string $name): bool
{
    $client = $_SERVER['REMOTE_ADDR'];
    $rows = sql('SELECT COUNT(*) AS name, SUM(client = ?) AS pair FROM attempt
        WHERE name = ? AND made > UTC_TIMESTAMP() - INTERVAL 15 MINUTE
        UNION ALL SELECT 0, COUNT(*) FROM attempt
        WHERE client = ? AND made > UTC_TIMESTAMP() - INTERVAL 15 MINUTE',
        $client, hash('sha256', $name), $client);
    return $rows[0]['name'] >= 100 || $rows[0]['pair'] >= 5 || $rows[1]['pair'] >= 30;
}

function remember_attempt(string $name): void
{
    sql('INSERT INTO attempt (name, client, made) VALUES (?, ?, UTC_TIMESTAMP(3))', hash('sha256', $name),
        $_SERVER['REMOTE_ADDR']);
}
