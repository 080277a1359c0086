// The search of a static edition: looks through a list of words, with all typed words to be found.
"use strict";

const box = document.getElementById("found");
const typed = (new URLSearchParams(location.search).get("q") || "").normalize("NFC").trim().slice(0, 100);

function element(name, className, text) {
  const made = document.createElement(name);
  if (className) made.className = className;
  if (text) made.textContent = text;
  return made;
}

function show(rows) {
  const status = element(
    "p",
    "lead",
    rows.length ? box.dataset.count.replace("{words}", typed).replace("{count}", rows.length) : box.dataset.none,
  );
  status.setAttribute("role", "status");
  box.replaceChildren(status);
  for (const kind of new Set(rows.map((row) => row[0]))) {
    const list = element("ul", "short-list");
    for (const [, code, title, file] of rows.filter((row) => row[0] === kind)) {
      const link = element("a", "", title);
      link.href = box.dataset.root + file;
      if (code) link.prepend(element("span", "code", code));
      const item = element("li", "");
      item.append(link);
      list.append(item);
    }
    const section = element("section", "section");
    section.append(element("h2", "", kind), list);
    box.append(section);
  }
}

if (typed) {
  document.getElementById("site-q").value = typed;
  const words = typed.toLowerCase().split(/\s+/);
  fetch(box.dataset.index)
    .then((answer) => answer.json())
    .then((rows) => show(rows.filter((row) => words.every((word) => row[4].includes(word)))));
}
