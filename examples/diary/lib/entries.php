<?php
// Diary entries: each save is a new version, so no text is ever overwritten, also not by the other location.
declare(strict_types=1);

// At the same revision a text beats a deletion, so that none is lost.
const NEWEST = 'revision DESC, gone, id DESC';

function entries(string $owner, int $from, int $count): array
{
    return sql('SELECT entry, body, made, written, revision FROM (SELECT entry, body, made, written, revision, gone,
        ROW_NUMBER() OVER (PARTITION BY entry ORDER BY ' . NEWEST . ') AS place FROM entry WHERE owner = ?) version
        WHERE place = 1 AND NOT gone ORDER BY made DESC, entry LIMIT ? OFFSET ?', $owner, $count, $from);
}

/** All versions of an entry, the newest first; none when it is deleted, or somebody else's. */
function versions(string $owner, string $entry): array
{
    $all = sql('SELECT body, made, written, revision, gone FROM entry WHERE owner = ? AND entry = ?
        ORDER BY ' . NEWEST, $owner, $entry);
    return $all && !$all[0]['gone'] ? $all : [];
}

/** Saves a version that follows the newest one. */
function save(string $owner, string $entry, ?array $newest, string $body, bool $gone): void
{
    sql('INSERT INTO entry (owner, entry, revision, gone, body, made, written)
        VALUES (?, ?, ?, ?, ?, COALESCE(?, UTC_TIMESTAMP(3)), UTC_TIMESTAMP(3))',
        $owner, $entry, ($newest['revision'] ?? 0) + 1, (int) $gone, $body, $newest['made'] ?? null);
}

function moment(string $utc): string
{
    $iso = str_replace(' ', 'T', $utc) . 'Z';
    return "<time datetime=\"$iso\">" . substr($utc, 0, 16) . ' UTC</time>';
}

/** The form to write in. The entry's name is chosen before it is saved: sent twice, it is saved once. */
function form(array $user, string $entry, int $revision, string $body, string $label): string
{
    $draft = $revision === 0 ? 'new' : $entry;
    return "<form method=\"post\" action=\"entry.php\" class=\"write\" data-draft=\"$draft\">" . token($user)
        . "<input type=\"hidden\" name=\"entry\" value=\"$entry\"><input type=\"hidden\" name=\"revision\" value=\"$revision\">"
        . "<label for=\"body\">$label</label><textarea id=\"body\" name=\"body\" rows=\"6\" required>\n" . h($body)
        . '</textarea><button>Save</button></form>';
}
