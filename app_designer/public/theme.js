// Sets the theme before the first paint; a file of its own because the security policy allows no inline script.
(() => {
  let theme = null;
  try {
    theme = localStorage.getItem("interlock.theme");
  } catch {
    // Storage is blocked: the system's theme it is.
  }
  if (theme !== "dark" && theme !== "light") {
    theme = matchMedia("(prefers-color-scheme: dark)").matches ? "dark" : "light";
  }
  document.documentElement.dataset.theme = theme;
})();
