// Makes the grid quick to type through: Enter goes down, a row saves itself when it is left. Without this script the
// page is one form with the same buttons.
"use strict";

const form = document.getElementById("grid");

if (form) {
  const saves = new Map(); // row element id -> promise of the save under way
  const plain = (text) => text.replace(/\r\n/g, "\n");
  const controls = (row) => [...row.querySelectorAll("input:not([type='hidden']), select, textarea")];
  const rowOf = (element) => element.closest("tbody[data-row]");
  const openedWith = (control) => form.elements[`initial-${control.name}`];
  const isChanged = (row) =>
    controls(row).some((control) => {
      const opened = openedWith(control);
      return opened && plain(opened.value) !== plain(control.value);
    });
  const rows = () => [...form.querySelectorAll("tbody[data-row]")];

  for (const hint of document.querySelectorAll(".script-only")) hint.hidden = false;

  function say(row, text) {
    const place = row.querySelector(".grid-outcome");
    if (place) place.textContent = text;
  }

  function mark(row) {
    const changed = isChanged(row);
    row.classList.toggle("is-unsaved", changed);
    if (changed) say(row, form.dataset.unsaved);
  }

  // The typed text stays where it is when the person is back in the row or has typed on while it was saved.
  function take(row, fresh, sent) {
    const typedOn = controls(row).some((control) => sent.get(control.name) !== plain(control.value));
    if (!typedOn && !row.contains(document.activeElement)) {
      row.replaceWith(fresh);
      return;
    }
    for (const hidden of fresh.querySelectorAll("input[type='hidden']")) {
      const present = form.elements[hidden.name];
      if (present) present.value = hidden.value;
    }
    const state = row.querySelector(".grid-state");
    const newState = fresh.querySelector(".grid-state");
    if (state && newState && !state.contains(document.activeElement)) state.replaceWith(newState);
    const more = row.querySelector(".grid-more");
    const newMore = fresh.querySelector(".grid-more");
    if (more) more.remove();
    if (newMore) row.append(newMore);
    row.querySelector(".grid-title").rowSpan = newMore ? 2 : 1;
    row.className = fresh.className;
    mark(row);
  }

  async function send(row) {
    const body = new FormData();
    body.set("csrfmiddlewaretoken", form.elements.csrfmiddlewaretoken.value);
    body.set("row", row.dataset.row);
    body.set("fragment", "1");
    const sent = new Map();
    for (const control of row.querySelectorAll("input, select, textarea")) {
      body.set(control.name, control.value);
      sent.set(control.name, plain(control.value));
    }
    say(row, form.dataset.saving);
    try {
      // Not form.action: the buttons are named "action" and stand before the property.
      const response = await fetch(form.getAttribute("action"), { method: "POST", body, credentials: "same-origin" });
      const page = new DOMParser().parseFromString(await response.text(), "text/html");
      const fresh = page.getElementById(row.id);
      if (!fresh) throw new Error("no row in the answer");
      const totals = page.getElementById("grid-totals");
      if (totals) document.getElementById("grid-totals").replaceChildren(...totals.children);
      take(row, document.adoptNode(fresh), sent);
    } catch {
      row.classList.add("is-unsaved", "is-failed");
      say(row, form.dataset.failed);
    }
  }

  function save(row) {
    const before = saves.get(row.id);
    if (before) return before.then(() => saveIfChanged(document.getElementById(row.id)));
    const running = send(row).finally(() => saves.delete(row.id));
    saves.set(row.id, running);
    return running;
  }

  const saveIfChanged = (row) => (row && isChanged(row) ? save(row) : Promise.resolve());

  form.addEventListener("input", (event) => {
    const row = rowOf(event.target);
    if (row) mark(row);
  });

  form.addEventListener("focusout", (event) => {
    const row = rowOf(event.target);
    if (!row || row.contains(event.relatedTarget)) return;
    if (event.relatedTarget?.matches("[type='submit']")) return;
    saveIfChanged(row);
  });

  form.addEventListener("keydown", (event) => {
    if (event.key !== "Enter" || event.isComposing || event.ctrlKey || event.metaKey) return;
    const control = event.target;
    const row = rowOf(control);
    if (!row || control.matches("button, a")) return;
    if (event.altKey && control.matches("textarea")) {
      event.preventDefault();
      control.setRangeText("\n", control.selectionStart, control.selectionEnd, "end");
      mark(row);
      return;
    }
    event.preventDefault();
    const kind = control.closest("td").className;
    const all = rows();
    const step = event.shiftKey ? -1 : 1;
    for (let at = all.indexOf(row) + step; at >= 0 && at < all.length; at += step) {
      const next = all[at].querySelector(`td[class="${kind}"] :is(input:not([type='hidden']), select, textarea)`);
      if (next) {
        next.focus();
        if (next.select) next.select();
        return;
      }
    }
    saveIfChanged(row);
  });

  // One row by its own button: by fetch too, so that the other rows stay as they are.
  form.addEventListener("click", (event) => {
    const button = event.target.closest("button[name='row']");
    if (!button) return;
    event.preventDefault();
    const row = rowOf(button);
    if (isChanged(row)) save(row);
  });

  form.addEventListener("submit", (event) => {
    if (!saves.size) {
      leaving = true;
      return;
    }
    event.preventDefault();
    const button = event.submitter;
    Promise.all(saves.values()).then(() => form.requestSubmit(button));
  });

  let leaving = false;
  window.addEventListener("beforeunload", (event) => {
    if (!leaving && rows().some(isChanged)) event.preventDefault();
  });

  for (const row of rows()) mark(row);
}
