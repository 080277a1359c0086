// Improves pages that work without it: warns before typed text is lost, opens filters on wide screens.
"use strict";

for (const form of document.querySelectorAll("form[data-guard]")) {
  let changed = false;
  form.addEventListener("input", () => {
    changed = true;
  });
  form.addEventListener("submit", () => {
    changed = false;
  });
  window.addEventListener("beforeunload", (event) => {
    if (changed) event.preventDefault();
  });
}

const narrow = window.matchMedia("(max-width: 900px)");
for (const box of document.querySelectorAll("details.filters-box")) {
  const fit = () => {
    box.open = !narrow.matches || box.dataset.chosen !== "0";
  };
  fit();
  narrow.addEventListener("change", fit);
}

// A chosen template is written into its text, where it can be changed; without script the server joins the two.
for (const select of document.querySelectorAll("select[data-fills]")) {
  const text = document.getElementById(select.dataset.fills);
  let written = "";
  select.removeAttribute("name");
  select.addEventListener("change", () => {
    const own = written && text.value.startsWith(written) ? text.value.slice(written.length).trimStart() : text.value;
    written = select.value ? select.selectedOptions[0].textContent : "";
    text.value = [written, own].filter(Boolean).join("\n");
  });
}

// Copying by hand always works; the button does it in one step where the browser allows it.
for (const button of document.querySelectorAll("button[data-copies]")) {
  if (!navigator.clipboard) break;
  button.hidden = false;
  button.addEventListener("click", async () => {
    const text = document.getElementById(button.dataset.copies);
    const said = button.parentElement.querySelector("[data-copied]");
    text.select();
    try {
      await navigator.clipboard.writeText(text.value);
      said.textContent = said.dataset.copied;
    } catch {
      said.textContent = "";
    }
  });
}

const shown = document.querySelector(".queue-scroll .is-shown");
if (shown) shown.closest(".queue-scroll").scrollTop = shown.offsetTop - 80;

const firstError = document.querySelector("[aria-invalid='true']");
if (firstError) firstError.focus();
