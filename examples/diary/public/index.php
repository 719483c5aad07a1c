<?php
// All entries, and a form for another.
declare(strict_types=1);
require __DIR__ . '/../lib/start.php';

const AT_ONCE = 50;

method('GET');
$user = must_be_user();
$from = max(0, min(1000000, (int) field('from', 10, $_GET)));
$entries = entries($user['name'], $from, AT_ONCE + 1);
$html = form($user, bin2hex(random_bytes(16)), 0, '', 'What happened today?');
foreach (array_slice($entries, 0, AT_ONCE) as $entry) {
    $changed = $entry['revision'] > 1 ? ', changed ' . moment($entry['written']) : '';
    $html .= "<article id=\"e{$entry['entry']}\"><p>" . moment($entry['made']) . "$changed
        <a href=\"entry.php?id={$entry['entry']}\">Change</a></p><div>" . h($entry['body']) . '</div></article>';
}
if (!$entries) {
    $html .= '<p class="empty">Nothing yet. The first page is yours.</p>';
}
if (count($entries) > AT_ONCE) {
    $html .= '<p><a href="./?from=' . $from + AT_ONCE . '">Older entries</a></p>';
}
page(200, 'My diary', $html, $user);
