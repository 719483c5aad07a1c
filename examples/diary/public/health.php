<?php
// Whether the application can work here, for load balancers and watchers: 200 with "dbworking", or 503.
declare(strict_types=1);
require __DIR__ . '/../lib/start.php';

$status = 'down';
$facts = ['location' => site(), 'reachable' => false, 'writable' => false, 'replication' => null, 'heard_seconds' => null];
try {
    method('GET');
    db(1);
    $facts['reachable'] = true;
    beat();
    $facts['writable'] = true;
    [$facts['replication'], $facts['heard_seconds']] = [replication(), heard()];
    $status = settled($facts['replication'] ?? []);
} catch (Throwable $why) {
    error_log((string) $why);
}
http_response_code($status === 'dbworking' ? 200 : 503);
header('Content-Type: application/json');
echo json_encode(['status' => $status] + $facts, JSON_PRETTY_PRINT), "\n";

/** Writes, in earnest but not more than once a second, however many look. */
function beat(): void
{
    sql('INSERT INTO beat (home, made) VALUES (?, UTC_TIMESTAMP(3)) ON DUPLICATE KEY UPDATE
        made = IF(made < UTC_TIMESTAMP(3) - INTERVAL 1 SECOND, VALUES(made), made)', shares()[1]);
}

/** How old the last beat is that came from another server, if any ever did. */
function heard(): ?float
{
    $age = sql('SELECT TIMESTAMPDIFF(MICROSECOND, MAX(made), UTC_TIMESTAMP(3)) / 1e6 AS age FROM beat
        WHERE home <> ?', shares()[1])[0]['age'];
    return $age === null ? null : round(max(0, $age), 3);
}

/** Each source's threads and lag; null when the account may not know (SLAVE MONITOR). */
function replication(): ?array
{
    try {
        $rows = sql('SHOW ALL SLAVES STATUS');
    } catch (mysqli_sql_exception) {
        return null;
    }
    return array_map(fn(array $row): array => [
        'receiving' => $row['Slave_IO_Running'] === 'Yes',
        'applying' => $row['Slave_SQL_Running'] === 'Yes',
        'lag_seconds' => $row['Seconds_Behind_Master'],
        'lag_known' => $row['Seconds_Behind_Master'] !== null,
    ], $rows);
}

/** A database that has just come back is behind: its visitors are better served elsewhere for a moment. */
function settled(array $sources): string
{
    $up = (int) sql("SELECT VARIABLE_VALUE AS up FROM information_schema.GLOBAL_STATUS
        WHERE VARIABLE_NAME = 'UPTIME'")[0]['up'];
    foreach ($sources as $source) {
        // A source that is really away must not keep the survivor from serving.
        $unheard = $up < 5 && !$source['receiving'];
        $behind = $up < 600 && $source['lag_known'] && $source['lag_seconds'] > config('max_lag');
        if ($unheard || $behind) {
            return 'catching up';
        }
    }
    return 'dbworking';
}
