"use strict";

for (const quiz of document.querySelectorAll(".quiz")) {
  const cards = [...quiz.querySelectorAll(".question")];
  const places = [...quiz.querySelectorAll(".place")];
  const signs = { first: "✓", later: "✓", shown: "–" };
  let states = [];
  quiz.querySelector(".quiz-bar").hidden = false;

  const show = (n) => {
    cards.forEach((card, i) => { card.hidden = i !== n; });
    places.forEach((place, i) =>
      place.toggleAttribute("aria-current", i === n));
  };
  const score = () => {
    const found = states.filter((s) => s === "first" || s === "later").length;
    const first = states.filter((s) => s === "first").length;
    const said = [fill(texts.score, { found, first, count: cards.length })];
    const answered = states.filter((s) => s in signs).length;
    if (answered === cards.length) {
      said.push(fill(texts.done, { count: cards.length }));
    }
    quiz.querySelector(".score").textContent = said.join(". ");
    places.forEach((place, n) => {
      place.dataset.state = states[n] ?? "";
      place.querySelector(".state").textContent = signs[states[n]] ?? "";
    });
  };
  const goTo = (n) => {
    show(n);
    const heading = cards[n].querySelector("h3");
    heading.focus({ preventScroll: true });
    quiz.scrollIntoView({ block: "start" });
  };
  const asked = cards.map((card, n) => question(card, {
    settle(state) {
      states[n] ??= state;
      score();
    },
    next() {
      const open = [...cards.keys()].filter((i) => !states[i]);
      goTo(open.find((i) => i > n) ?? open[0] ?? (n + 1) % cards.length);
    },
  }));
  places.forEach((place, n) => place.addEventListener("click", () => goTo(n)));
  quiz.querySelector(".restart").addEventListener("click", () => {
    states = [];
    asked.forEach((restart) => restart());
    score();
    goTo(0);
  });
  score();
  show(0);
}

/** Let one question be answered; return what makes it new again. */
function question(card, { settle, next }) {
  const answers = card.dataset.answers.split(" ");
  const told = card.querySelector(".told"), said = card.querySelector(".said");
  const answer = card.querySelector(".answer-of");
  const lines = pickable(card, pick);
  let missed = 0;

  function tell(...sentences) {
    told.hidden = false;
    said.textContent = sentences.join(" ");
  }
  function pick(line) {
    if (card.dataset.state) return;
    const found = answers.includes(line.dataset.line);
    const values = { line: line.dataset.line };
    if (found) {
      const text = line.classList.contains("wrong") ? texts.found : texts.gap;
      reveal(missed ? "later" : "first", fill(text, values));
    } else if (!line.classList.contains("missed")) {
      missed += 1;
      line.classList.add("missed");
      const text = "missing" in card.dataset ? texts.beside : texts.missed;
      tell(fill(text, values), card.dataset.hint);
    }
  }
  function reveal(state, text) {
    card.dataset.state = state;
    tell(text);
    told.classList.toggle("good", state !== "shown");
    mark(true);
    answer.open = true;
    settle(state);
  }
  function mark(on) {
    card.querySelectorAll(".belongs").forEach((line) => { line.hidden = !on; });
    lines.forEach((line) => line.setAttribute("aria-disabled", on));
  }
  answer.addEventListener("toggle", () => {
    if (answer.open && !card.dataset.state) reveal("shown", texts.revealed);
  });
  card.querySelector(".next").addEventListener("click", next);
  return () => {
    missed = 0;
    delete card.dataset.state;
    lines.forEach((line) => line.classList.remove("missed"));
    told.classList.remove("good");
    told.hidden = true;
    answer.open = false;
    mark(false);
  };
}

/** Turn lines with text into buttons, which the arrow keys move between. */
function pickable(card, pick) {
  const lines = [...card.querySelectorAll(".pick[data-line]")]
    .filter((line) => line.querySelector(".text").textContent.trim())
    .map((line) => {
      const button = document.createElement("button");
      button.type = "button";
      button.className = line.className;
      button.dataset.line = line.dataset.line;
      button.tabIndex = -1;
      button.append(...line.childNodes);
      line.replaceWith(button);
      button.addEventListener("click", () => pick(button));
      return button;
    });
  const steps = { ArrowDown: 1, ArrowUp: -1, Home: -Infinity, End: Infinity };
  lines.forEach((line, n) => {
    line.addEventListener("keydown", (event) => {
      if (!(event.key in steps)) return;
      event.preventDefault();
      const to = Math.min(Math.max(n + steps[event.key], 0), lines.length - 1);
      lines[to].focus();
    });
    line.addEventListener("focus", () =>
      lines.forEach((other) => { other.tabIndex = other === line ? 0 : -1; }));
  });
  if (lines.length) lines[0].tabIndex = 0;
  card.querySelector(".listing pre").removeAttribute("tabindex");
  return lines;
}

for (const list of document.querySelectorAll(".catalogue")) {
  const field = list.querySelector("input[type=search]");
  const themes = [...list.querySelectorAll(".theme")].map((theme) => ({
    theme,
    count: theme.querySelector(".count"),
    rows: [...theme.querySelectorAll(".mistake")].map((row) =>
      ({ row, text: row.textContent.toLowerCase() })),
  }));
  const all = themes.reduce((sum, { rows }) => sum + rows.length, 0);
  const filter = () => {
    const words = field.value.toLowerCase().split(/\s+/).filter(Boolean);
    let count = 0;
    for (const { theme, count: shownCount, rows } of themes) {
      let here = 0;
      for (const { row, text } of rows) {
        row.hidden = !words.every((word) => text.includes(word));
        here += !row.hidden;
      }
      theme.hidden = !here;
      shownCount.textContent = here;
      count += here;
    }
    list.querySelector(".matches").textContent =
      fill(texts.matches, { count, all });
  };
  list.querySelector(".search").hidden = false;
  field.addEventListener("input", filter);
  filter();
}
