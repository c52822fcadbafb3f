"use strict";

const GLIDE = 750, PACE = 520; // milliseconds

/** Light up what belongs to the same numbers, on both sides. */
function lightUp(twins, numbers) {
  for (const node of twins.querySelectorAll("[data-fold]")) {
    node.classList.toggle("lit", numbers.includes(node.dataset.fold));
  }
}

/** Fold the lines by hand into the Keras code, step by step, and back. */
function foldable(twins) {
  const notes = [...twins.querySelectorAll(".notes [data-fold]")];
  const steps = Math.max(0, ...notes.map((note) => +note.dataset.fold));
  const [all, back, next] = ["all", "back", "next"]
    .map((name) => twins.querySelector(`.fold-${name}`));
  const said = twins.querySelector(".fold-said");
  const calm = matchMedia("(prefers-reduced-motion: reduce)");
  const byNumber = (side, number) =>
    [...twins.querySelectorAll(`.${side} [data-fold="${number}"]`)];
  let at = 0, timer = null;

  const glide = (number, backwards) => {
    const home = twins.getBoundingClientRect();
    const target = byNumber("keras", number)[0].closest(".line")
      .getBoundingClientRect();
    byNumber("manual", number).forEach((line, n) => {
      const text = line.querySelector(".source-line");
      const from = text.getBoundingClientRect();
      const glider = twins.appendChild(text.cloneNode(true));
      glider.className = "source-line glider";
      glider.setAttribute("aria-hidden", "true");
      Object.assign(glider.style, { width: `${from.width}px`,
        left: `${from.left - home.left}px`, top: `${from.top - home.top}px`,
        fontSize: getComputedStyle(text).fontSize });
      const [x, y] = [target.left - from.left, target.top - from.top];
      glider.animate([
        { transform: "none", opacity: 1 },
        { transform: `translate(${x * .85}px, ${y}px)`, opacity: 1, offset: .8 },
        { transform: `translate(${x}px, ${y}px) scale(.6, .3)`, opacity: 0 },
      ], { duration: GLIDE, delay: n * 60, fill: "backwards",
        easing: "ease-in-out", direction: backwards ? "reverse" : "normal",
      }).finished.finally(() => glider.remove());
    });
  };

  const into = (number) => {
    const lines = [...byNumber("manual", number), ...byNumber("keras", number)]
      .map((node) => node.getBoundingClientRect());
    const top = Math.min(...lines.map((box) => box.top));
    const bottom = Math.max(...lines.map((box) => box.bottom));
    const room = twins.querySelector(".fold-bar").offsetHeight + 80;
    if (top < room || bottom > innerHeight) {
      const middle = Math.min((top + bottom - innerHeight - room) / 2, top - room);
      scrollBy({ top: middle, behavior: calm.matches ? "auto" : "smooth" });
    }
  };

  const tell = () => {
    if (!at) return void (said.textContent = fill(texts.unfolded, { steps }));
    const code = document.createElement("code");
    code.textContent = byNumber("manual", at)
      .find((line) => line.querySelector(".number")).textContent.trim();
    const why = notes.find((node) => +node.dataset.fold === at)
      .querySelector("span").cloneNode(true);
    said.replaceChildren(`${at} / ${steps} `, code, " → ", why);
  };

  const show = (wanted) => {
    const backwards = wanted < at;
    const moved = backwards ? at : wanted;
    for (const old of twins.querySelectorAll(".glider")) old.remove();
    if (!calm.matches && Math.abs(wanted - at) === 1) glide(moved, backwards);
    at = wanted;
    for (const node of twins.querySelectorAll("[data-fold]")) {
      node.classList.toggle("gone", +node.dataset.fold <= at);
      node.classList.toggle("now", +node.dataset.fold === at);
    }
    back.setAttribute("aria-disabled", at === 0); // it keeps the focus
    next.setAttribute("aria-disabled", at === steps);
    tell();
    if (moved) into(moved);
  };

  const stop = () => {
    clearTimeout(timer);
    timer = null;
    said.setAttribute("aria-live", "polite");
    all.textContent = at === steps ? texts.unfold : texts.fold;
  };
  const play = (way, end) => {
    show(at + way);
    if (at === end) return stop();
    timer = setTimeout(play, PACE, way, end);
  };
  all.addEventListener("click", () => {
    if (timer !== null) return stop();
    const [way, end] = at === steps ? [-1, 0] : [1, steps];
    if (calm.matches) {
      show(end);
      return stop();
    }
    all.textContent = texts.pause;
    said.setAttribute("aria-live", "off"); // too fast to be read aloud
    play(way, end);
  });
  const step = (way) => {
    const wanted = Math.max(0, Math.min(steps, at + way));
    if (wanted !== at) show(wanted);
    stop();
  };
  back.addEventListener("click", () => step(-1));
  next.addEventListener("click", () => step(1));
  twins.querySelector(".fold-bar").addEventListener("keydown", (event) => {
    const way = { ArrowLeft: -1, ArrowRight: 1 }[event.key];
    if (way) {
      event.preventDefault();
      step(way);
    }
  });
  show(0);
}

for (const twins of document.querySelectorAll(".twins")) {
  if (twins.querySelector(".notes [data-fold]")) foldable(twins);
  else twins.querySelector(".fold-bar").remove();

  twins.addEventListener("pointerover", (event) => {
    const one = event.target.closest("[data-fold]");
    const line = event.target.closest(".line.takes");
    const found = one ? [one] : [...line?.querySelectorAll("[data-fold]") ?? []];
    lightUp(twins, found.map((node) => node.dataset.fold));
  });
  twins.addEventListener("pointerleave", () => lightUp(twins, []));

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
