<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title><?= h($title) ?> · Diary</title>
<link rel="icon" href="icon.svg">
<link rel="stylesheet" href="style.css">
<script src="page.js" defer></script>
</head>
<body data-user="<?= h($user['name'] ?? '') ?>" data-status="<?= $status ?>">
<header>
<a href="./">Diary</a>
<?php if ($user): ?>
<form method="post" action="logout.php" id="logout">
<?= token($user) ?>
<span><?= h($user['name']) ?></span> <button>Log out</button>
</form>
<?php endif ?>
</header>
<p id="state" role="status"></p>
<main>
<h1><?= h($title) ?></h1>
<?= $html ?>
</main>
<footer>Served from <b id="site"><?= h(site()) ?></b></footer>
</body>
</html>
