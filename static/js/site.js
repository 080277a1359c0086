// Improves pages that work without it: warns before typed text is lost, opens filters on wide screens.
"use strict";

for (const form of document.querySelectorAll("form[data-guard]")) {
  let changed = false;
  form.addEventListener("input", () => { changed = true; });
  form.addEventListener("submit", () => { changed = false; });
  window.addEventListener("beforeunload", (event) => { if (changed) event.preventDefault(); });
}

const narrow = window.matchMedia("(max-width: 900px)");
for (const box of document.querySelectorAll("details.filters-box")) {
  const fit = () => { box.open = !narrow.matches || box.dataset.chosen !== "0"; };
  fit();
  narrow.addEventListener("change", fit);
}

const firstError = document.querySelector("[aria-invalid='true']");
if (firstError) firstError.focus();
