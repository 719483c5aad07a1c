<?php
// Sessions of 30 minutes in the replicated database, so that the other location has them, too.
declare(strict_types=1);

const SESSION_SECONDS = 1800;

/**
 * Each server has a row of its own for a session and never touches another's; the highest revision counts, and an end
 * beats anything else. Nothing is locked: data is written at the login and at the end only, in between requests merely
 * say "used", and what an older revision says is ignored.
 */
final class DatabaseSessions implements SessionHandlerInterface, SessionUpdateTimestampHandlerInterface
{
    private ?array $known = null;
    private string $of = '';

    public function open(string $path, string $name): bool
    {
        return true;
    }

    public function close(): bool
    {
        return true;
    }

    public function validateId(string $id): bool
    {
        return $this->look($id) !== null;
    }

    public function read(string $id): string
    {
        $known = $this->of === $id ? $this->known : $this->look($id);
        return $known['data'] ?? '';
    }

    public function write(string $id, string $data): bool
    {
        return $this->put($id, $data, ($this->of === $id ? $this->known['revision'] ?? 0 : 0) + 1);
    }

    /** Once a minute is enough to keep a session alive, and spares the databases a write for every page. */
    public function updateTimestamp(string $id, string $data): bool
    {
        $fresh = $this->of === $id && ($this->known['idle'] ?? 60) < 60;
        return $fresh || $this->put($id, $data, $this->known['revision'] ?? 1);
    }

    public function destroy(string $id): bool
    {
        $known = $this->look($id);
        return $known === null || $this->put($id, '', $known['revision'] + 1);
    }

    public function gc(int $max): int
    {
        tidy();
        return 0;
    }

    private function look(string $id): ?array
    {
        $rows = sql("SELECT revision, data, TIMESTAMPDIFF(SECOND, used, UTC_TIMESTAMP()) AS idle FROM session
            WHERE id = ? ORDER BY revision DESC, data = '' DESC, used DESC LIMIT 1", hash('sha256', $id));
        $alive = $rows && $rows[0]['data'] !== '' && $rows[0]['idle'] < SESSION_SECONDS;
        $this->of = $id;
        return $this->known = $alive ? $rows[0] : null;
    }

    private function put(string $id, string $data, int $revision): bool
    {
        // A late "used" must not undo an end, so the revision is compared, and set last.
        sql('INSERT INTO session (id, home, revision, data, used) VALUES (?, ?, ?, ?, UTC_TIMESTAMP(3))
            ON DUPLICATE KEY UPDATE data = IF(VALUES(revision) >= revision, VALUES(data), data),
            used = IF(VALUES(revision) >= revision, VALUES(used), used),
            revision = GREATEST(revision, VALUES(revision))', hash('sha256', $id), shares()[1], $revision, $data);
        return true;
    }
}

function sessions(): void
{
    session_set_save_handler(new DatabaseSessions(), false);
    session_start([
        'name' => cookie(),
        'use_strict_mode' => 1,
        'use_only_cookies' => 1,
        'gc_probability' => 1,
        'gc_divisor' => 500,
        'gc_maxlifetime' => SESSION_SECONDS,
        'cache_limiter' => '',
        'cookie_lifetime' => 0,
        'cookie_path' => '/',
        'cookie_secure' => config('https'),
        'cookie_httponly' => 1,
        'cookie_samesite' => 'Lax',
    ]);
}

function cookie(): string
{
    return config('https') ? '__Host-diary' : 'diary';
}

/** Who is logged in, if anybody. */
function user(): ?array
{
    if (!is_string($_COOKIE[cookie()] ?? null)) {
        return null;
    }
    sessions();
    $user = $_SESSION;
    if (isset($user['name']) && (account($user['name'])['revision'] ?? null) === $user['revision']) {
        session_write_close();
        return $user;
    }
    // No row for somebody who is nobody.
    session_abort();
    header_remove('Set-Cookie');
    return null;
}

/** The one who is logged in; anybody else is sent to the login. */
function must_be_user(): array
{
    $user = user();
    if ($user === null && $_SERVER['REQUEST_METHOD'] === 'POST') {
        page(401, 'You are logged out.', '<p><a href="login.php">Log in again</a></p>');
    }
    return $user ?? go('login.php');
}

function begin_session(string $name, int $revision): void
{
    sessions();
    session_regenerate_id(true);
    $_SESSION = ['name' => $name, 'revision' => $revision, 'token' => bin2hex(random_bytes(32))];
    session_write_close();
}

function end_session(): void
{
    sessions();
    session_destroy();
    header_remove('Set-Cookie');
    setcookie(cookie(), '', ['expires' => 1, 'path' => '/', 'secure' => config('https'), 'httponly' => true,
        'samesite' => 'Lax']);
}

function token(array $user): string
{
    return '<input type="hidden" name="token" value="' . h($user['token']) . '">';
}

function must_have_token(array $user): void
{
    if (!hash_equals($user['token'], field('token', 64))) {
        refuse(403, 'The form is not from this session.');
    }
}

/** Where this is. */
function site(): string
{
    try {
        return config('location');
    } catch (Throwable) {
        return '';
    }
}
