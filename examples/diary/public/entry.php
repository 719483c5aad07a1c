<?php
// One entry: shows its versions, saves a new one, deletes it.
declare(strict_types=1);
require __DIR__ . '/../lib/start.php';

$method = method('GET', 'POST');
$user = must_be_user();
if ($method === 'POST') {
    must_have_token($user);
}
$id = $method === 'POST' ? field('entry', 32) : field('id', 32, $_GET);
if (!preg_match('/^[0-9a-f]{32}$/D', $id)) {
    refuse(404, 'There is no such entry.');
}
$versions = versions($user['name'], $id);
$newest = $versions[0] ?? null;

if ($method === 'GET') {
    show(200, 'An entry', $newest['body'] ?? '');
}
$base = (int) field('revision', 10);
if (isset($_POST['delete'])) {
    $newest === null ? refuse(404, 'There is no such entry.') : save($user['name'], $id, $newest, '', true);
    go('./');
}
$body = trim(str_replace("\r\n", "\n", field('body', BODY_MAX)));
if ($body === '') {
    refuse(400, 'There is nothing to save.');
}
$sent_before = $newest !== null && $newest['body'] === $body;
if (!$sent_before && $newest !== null && $newest['revision'] !== $base) {
    show(409, 'This entry was changed meanwhile', $body);
}
if (!$sent_before && ($newest !== null || $base === 0)) {
    save($user['name'], $id, $newest, $body, false);
} elseif (!$sent_before) {
    refuse(404, 'There is no such entry.');
}
go("./#e$id");

function show(int $status, string $title, string $body): never
{
    global $user, $id, $newest, $versions;
    if ($newest === null) {
        refuse(404, 'There is no such entry.');
    }
    $html = $status === 409 ? '<p>Your text is below. What is saved is under it; saving replaces it.</p>' : '';
    $html .= form($user, $id, $newest['revision'], $body, 'Your text');
    $html .= '<details><summary>Delete this entry</summary><form method="post" action="entry.php">' . token($user)
        . "<input type=\"hidden\" name=\"entry\" value=\"$id\"><button name=\"delete\" value=\"1\">Delete for good</button></form></details>";
    foreach ($versions as $number => $version) {
        if (!$version['gone'] && ($number > 0 || $status === 409)) {
            $html .= '<article><p>' . ($number > 0 ? 'Until later: saved ' : 'Now saved: ') . moment($version['written'])
                . '</p><div>' . h($version['body']) . '</div></article>';
        }
    }
    page($status, $title, $html, $user);
}
