<?php
// The end of a session, at all locations.
declare(strict_types=1);
require __DIR__ . '/../lib/start.php';

method('POST');
must_have_token(must_be_user());
end_session();
go('login.php');
