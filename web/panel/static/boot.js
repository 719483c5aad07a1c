import init from "{{js}}";

// Before the first paint, so that a dark room stays dark.
try {
  const theme = localStorage.getItem("schwenk-theme");
  if (theme) document.documentElement.dataset.theme = theme;
} catch {
  // A browser that forbids storage follows the system.
}

init({ module_or_path: "{{wasm}}" }).catch((error) => {
  const loading = document.getElementById("loading");
  if (loading) loading.textContent = `The panel could not be started: ${error}`;
});
