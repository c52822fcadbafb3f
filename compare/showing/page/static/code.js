"use strict";

for (const twins of document.querySelectorAll(".twins")) {
  const inspector = twins.querySelector(".inspector");
  const rows = [...twins.querySelectorAll(".twin-row")];
  let focused = null;

  const light = (row) => {
    for (const other of rows) other.classList.toggle("lit", other === row);
    const wrote = row?.querySelector(".wrote");
    inspector.hidden = !row;
    inspector.replaceChildren(...(wrote?.cloneNode(true).childNodes ?? []));
  };
  for (const row of rows) {
    row.addEventListener("pointerenter", () => light(row));
    row.addEventListener("focusin", () => light(focused = row));
  }
  twins.addEventListener("pointerleave", () => light(focused));
  twins.addEventListener("focusout", (event) => {
    if (!twins.contains(event.relatedTarget)) light(focused = null);
  });

  for (const button of twins.querySelectorAll(".copy")) {
    const said = button.querySelector("span");
    const name = said.textContent;
    const source = twins.querySelector(`.source[data-side=${button.dataset.side}]`);
    button.addEventListener("click", async () => {
      try {
        await navigator.clipboard.writeText(source.value);
        said.textContent = texts.copied;
      } catch { // the browser keeps the clipboard to itself
        source.classList.remove("hidden");
        source.focus();
        source.select();
        said.textContent = texts.marked;
      }
      setTimeout(() => { said.textContent = name; }, 2500);
    });
  }
}
