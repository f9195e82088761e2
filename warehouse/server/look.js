// Light or dark: what was chosen here is told to the framework before it starts; without a choice the machine's own holds.
const root = document.documentElement;
const key = `stActiveTheme-${location.pathname}-v2`;
const chosen = root.dataset.look;
if (chosen) localStorage.setItem(key, JSON.stringify(chosen === "dark" ? "Dark" : "Light"));
else localStorage.removeItem(key);
root.dataset.look = chosen || (matchMedia("(prefers-color-scheme: dark)").matches ? "dark" : "light");
