"use strict";
// Keys press the buttons that carry them (data-key); everything the page does, its buttons and forms do.
(() => {
  const byId = (id) => document.getElementById(id);
  const [talk, unveil, note, box, addNote, help, rubric, panel, title] =
    ["talk", "unveil", "note", "note-box", "add-note", "help", "rubric", "panel", "case"].map(byId);

  let sent = false; // one verdict a page: a key held down must not judge what comes next unread
  document.addEventListener("submit", (event) => {
    if (event.target.method === "dialog") return;
    if (sent) event.preventDefault();
    sent = true;
  });
  window.addEventListener("pageshow", (event) => {
    sent = false;
    if (event.persisted) location.reload(); // "back" shows what is asked now, not a page of before
  });

  function veil(hide) {
    talk.classList.toggle("blurred", hide);
    for (const text of talk.querySelectorAll(".text")) {
      text.inert = hide;
      text.toggleAttribute("aria-hidden", false);
      if (hide) text.setAttribute("aria-hidden", "true");
    }
    byId("why-veiled").hidden = !hide;
    unveil.setAttribute("aria-pressed", String(!hide));
    unveil.firstChild.textContent = hide ? "Show the text " : "Blur the text ";
  }
  if (unveil) unveil.addEventListener("click", () => veil(!talk.classList.contains("blurred")));

  if (addNote) {
    addNote.addEventListener("click", () => {
      box.hidden = false;
      addNote.setAttribute("aria-expanded", "true");
      note.focus();
    });
    note.addEventListener("keydown", (event) => {
      if (event.key === "Escape") addNote.focus();
    });
  }
  const askHelp = byId("ask-help");
  if (askHelp) askHelp.addEventListener("click", () => help.showModal());

  function scroll(step) {
    const text = document.querySelector(".judged .text");
    if (text) text.scrollBy({ top: step * 120 });
  }
  const elsewhere = {
    r: () => {
      if (!rubric) return;
      rubric.tabIndex = -1;
      const to = document.activeElement === rubric ? title : rubric;
      to.focus();
      to.scrollIntoView({ block: "nearest" });
    },
    j: () => scroll(1),
    k: () => scroll(-1),
  };

  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || event.repeat || event.isComposing) return;
    if (event.target.closest("input, textarea") || (help && help.open)) return;
    const key = event.key.toLowerCase();
    const button = [...document.querySelectorAll("[data-key]")].find((b) => b.dataset.key.split(" ").includes(key));
    if (button) {
      event.preventDefault();
      button.click();
    } else if (Object.hasOwn(elsewhere, key)) {
      event.preventDefault();
      elsewhere[key]();
    }
  });

  if (title) title.focus({ preventScroll: true });

  async function refresh() {
    if (document.hidden || sent) return;
    try {
      const answer = await fetch(`/panel?task=${encodeURIComponent(panel.dataset.task)}`);
      const text = await answer.text();
      if (answer.ok && text !== refresh.shown) panel.innerHTML = refresh.shown = text; // our own template, escaped there
    } catch { /* the command has ended: what is shown stays */ }
  }
  if (panel) setInterval(refresh, 5000);
})();
