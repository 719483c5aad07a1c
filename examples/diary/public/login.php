<?php
// The login.
declare(strict_types=1);
require __DIR__ . '/../lib/start.php';

$said = '';
$status = 200;
if (method('GET', 'POST') === 'POST') {
    [$name, $password] = [strtolower(trim(field('name', 200))), field('password', 1000)];
    if (too_many($name)) {
        header('Retry-After: 900');
        [$status, $said] = [429, 'Too many wrong passwords. Please wait a quarter of an hour.'];
    } else {
        $account = preg_match('/^[a-z0-9._-]{1,32}$/D', $name) ? account($name) : null;
        if (password_is_right($account, $password)) {
            begin_session($account['name'], $account['revision']);
            go('./');
        }
        remember_attempt($name);
        [$status, $said] = [403, 'This name and password do not belong together.'];
    }
} elseif (user() !== null) {
    go('./');
}
page($status, 'Log in', '<form method="post" action="login.php" class="login">'
    . ($said === '' ? '' : '<p role="alert">' . h($said) . '</p>')
    . '<label for="name">Name</label><input id="name" name="name" autocomplete="username" autocapitalize="none" maxlength="32" required>
    <label for="password">Password</label><input id="password" name="password" type="password" autocomplete="current-password" required>
    <button>Log in</button></form>');
