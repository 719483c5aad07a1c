'use strict';
// Keeps what is typed, says when the service moves to another location, and goes on when it is back.
const state = document.getElementById('state');
const form = document.querySelector('form[data-draft]');
const mine = `diary:${document.body.dataset.user}:`;
const key = form && mine + form.dataset.draft;
const failed = document.body.dataset.status === '503';
let moving = failed;
let unsent = false;

const kept = (work) => { try { return work(localStorage); } catch { return null; } };

function say(kind, text) {
    state.className = kind;
    if (state.textContent !== text) state.textContent = text;
}

async function well() {
    try {
        const answer = await fetch('health.php', { cache: 'no-store', signal: AbortSignal.timeout(3000) });
        const health = await answer.text();
        if (!answer.ok || !health.includes('dbworking')) return false;
        document.getElementById('site').textContent = JSON.parse(health).location;
        return true;
    } catch {
        return false;
    }
}

function trouble() {
    moving = true;
    say('moving', unsent
        ? 'Not saved yet: the service is moving to another location. Your text is kept on this device and is sent as '
            + 'soon as the service is back.'
        : 'The service is moving to another location. Please wait a moment and keep this page open. '
            + (form ? 'You can go on writing: your text is kept on this device.' : ''));
}

async function watch() {
    if (!await well()) {
        trouble();
    } else if (moving) {
        moving = false;
        if (failed) return location.reload();
        say('back', 'The service is back.' + (form ? ' Your text is still here.' : ''));
        if (unsent) await send();
    }
    setTimeout(watch, moving ? 1000 : 4000);
}

async function send() {
    unsent = false;
    const button = form.querySelector('button');
    button.disabled = true;
    let answer = null;
    try {
        answer = await fetch(form.action, {
            method: 'POST', body: new URLSearchParams(new FormData(form)), signal: AbortSignal.timeout(10000),
        });
    } catch { /* Nobody knows whether it arrived; saved twice it is the same. */ }
    button.disabled = false;
    if (answer?.ok) {
        kept((store) => store.removeItem(key));
        location.replace(new URL('./', location.href));
    } else if (!answer || answer.status >= 500) {
        unsent = true;
        trouble();
    } else if (answer.status === 401) {
        say('moving', 'You are logged out. Your text is kept on this device: ');
        const link = document.createElement('a');
        link.href = 'login.php';
        link.textContent = 'log in again';
        state.append(link);
    } else {
        // The server has something to say: see it.
        form.submit();
    }
}

if (form) {
    const { body, entry, revision } = form.elements;
    const draft = JSON.parse(kept((store) => store.getItem(key)) ?? 'null');
    if (draft && draft.body !== body.value && document.body.dataset.status === '200') {
        // What it was written upon comes along, so that a change made meanwhile is noticed.
        [body.value, entry.value, revision.value] = [draft.body, draft.entry, draft.revision];
        say('back', 'The text that you had not saved is here again.');
    }
    form.addEventListener('input', () => kept((store) => store.setItem(key, JSON.stringify(
        { body: body.value, entry: entry.value, revision: revision.value }))));
    form.addEventListener('submit', (event) => { event.preventDefault(); send(); });
}
document.getElementById('logout')?.addEventListener('submit', () => kept((store) => {
    Object.keys(store).filter((name) => name.startsWith(mine)).forEach((name) => store.removeItem(name));
}));
for (const time of document.querySelectorAll('time')) {
    time.textContent = new Date(time.dateTime).toLocaleString([], { dateStyle: 'medium', timeStyle: 'short' });
}
setTimeout(watch, failed ? 1000 : 0);
