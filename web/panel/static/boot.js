// Before the first paint, so that a dark room stays dark.
const root = document.documentElement;
const remembered = (key) => {
  try {
    return localStorage.getItem(key);
  } catch {
    // A browser that forbids storage follows the system.
    return null;
  }
};
const theme = remembered("schwenk-theme");
if (theme) root.dataset.theme = theme;

// The language that was chosen, else the first of the browser's that there is.
const words = { en: "{{en}}", de: "{{de}}" };
const wished = [remembered("schwenk-language"), ...navigator.languages];
const spoken = wished.map((one) => one?.slice(0, 2)).find((one) => one in words) ?? "en";
root.lang = spoken;

const text = async (path) => {
  const answer = await fetch(path);
  if (!answer.ok) throw new Error(`${path}: ${answer.status}`);
  return answer.text();
};
const module = async () => {
  const panel = await import("{{js}}");
  await panel.default({ module_or_path: "{{wasm}}" });
  return panel;
};
// Side by side; neither waits for the other.
Promise.all([module(), text(words[spoken])]).then(([panel, texts]) => panel.start(texts)).catch((error) => {
  const loading = document.getElementById("loading");
  if (loading) loading.textContent = `The panel could not be started: ${error}`;
});
