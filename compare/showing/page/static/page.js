"use strict";
/*
 * The frame of the page: its language, the open lesson, slides, and what the
 * address keeps. It runs before all other scripts, which can use this:
 *
 *   state.get(name)         what the address keeps under a name, or null
 *   state.set(name, value)  keeps it there, as text; null takes it out
 *
 * For instance `const rate = state.get("rate")` when a slider is made, and
 * `state.set("rate", slider.value)` when it moves: whoever opens the address
 * then finds the slider there. Names in use: at, lang, only,
 * own, rate, slide.
 */
document.documentElement.classList.add("js");

const state = (() => {
  const kept = new URLSearchParams(location.search);
  const inHash = () => location.hash.includes("=");
  if (inHash()) {
    for (const [name, value] of new URLSearchParams(location.hash.slice(1))) kept.set(name, value);
  }
  const address = (hash = inHash() ? "" : location.hash) =>
    (kept.size ? `?${kept}` : location.pathname) + hash;
  let waiting = 0;
  const write = () => {
    waiting = 0;
    try {
      history.replaceState(history.state, "", address());
    } catch { /* some browsers keep the address of a file as it is */ }
  };
  return {
    get: (name) => kept.get(name),
    set(name, value) {
      if (value === null) kept.delete(name);
      else kept.set(name, value);
      waiting ||= setTimeout(write, 200); // a slider moves often
    },
    address,
  };
})();

/* --- The language: of all but the first, the text waits in a template */
const otherTongue = [...document.querySelectorAll("body > template[lang]")]
  .find((template) => template.lang === state.get("lang"));
if (otherTongue) {
  document.documentElement.lang = otherTongue.lang;
  document.querySelector(".tongue").replaceWith(otherTongue.content);
}
const tongue = document.querySelector(".tongue");
document.title = titleOf(tongue);
for (const link of tongue.querySelectorAll(".language")) {
  link.addEventListener("click", () => {
    state.set("lang", link.lang);
    link.href = state.address(shownPlace());
  });
}
for (const link of tongue.querySelectorAll("a[href$='.html']")) {
  if (state.get("lang")) link.search = `?lang=${encodeURIComponent(state.get("lang"))}`;
}

function titleOf(node) {
  const title = node.dataset.title;
  return title ? `${title} · Gradient twins` : "Gradient twins";
}

/** Return the address of what is on top of the screen. */
function shownPlace() {
  const above = shownParts().filter((part) => part.id
    && part.getBoundingClientRect().top < innerHeight / 2);
  return above.length ? `#${above.at(-1).id}` : location.hash;
}

/** Return the parts of what is open, from top to bottom. */
function shownParts() {
  return [...tongue.querySelectorAll(".hero, .index, .part")]
    .filter((part) => !part.closest("[hidden]"));
}

/* --- One lesson at a time, or a single section */
const views = [...tongue.querySelectorAll(".view")];
const list = tongue.querySelector(".index");

/** Return what the address points at, if it is here. */
function place() {
  try {
    return document.getElementById(decodeURIComponent(location.hash.slice(1)));
  } catch { // a broken escape
    return null;
  }
}

function openLesson() {
  const there = place();
  if (there?.querySelector(".view")) return; // the skip link
  const lesson = there?.closest(".lesson") ?? null;
  for (const view of views) {
    view.hidden = view.classList.contains("lesson") ? view !== lesson : lesson !== null;
  }
  document.title = titleOf(lesson ?? tongue);
  if (there !== lesson) there.scrollIntoView();
  else scrollTo(0, 0);
}

const chosen = state.get("only") && document.getElementById(state.get("only"));
if (chosen) {
  document.documentElement.classList.add("only");
  for (let node = chosen; node !== tongue; node = node.parentElement) {
    for (const other of node.parentElement.children) {
      if (other !== node && !other.matches("script, .note")) other.hidden = true;
    }
  }
} else if (list && views.length > 2) {
  openLesson();
  addEventListener("hashchange", () => {
    endSlides();
    openLesson();
    const heading = place()?.querySelector("h1, h2");
    if (heading) { // whoever listens hears where the link has led
      heading.tabIndex = -1;
      heading.focus({ preventScroll: true });
    }
  });
}

/* --- A slide per section */
const slideBar = tongue.querySelector(".slide-bar");
const slideAt = slideBar.querySelector(".slide-at");
const showSlides = tongue.querySelector(".show-slides");
let slides = [];
let slide = 0;

function showSlide(number) {
  slide = Math.max(0, Math.min(number, slides.length - 1));
  slides.forEach((part, n) => part.classList.toggle("slide", n === slide));
  const values = { at: slide + 1, count: slides.length,
    title: slides[slide].querySelector("h1, h2").textContent };
  slideAt.textContent = slideAt.dataset.text.replace(/\{(\w+)\}/g, (_, name) => values[name]);
  slideBar.querySelector(".slide-back").disabled = slide === 0;
  slideBar.querySelector(".slide-on").disabled = slide === slides.length - 1;
  state.set("slide", slide + 1);
  scrollTo(0, 0);
}

function startSlides(number) {
  slides = shownParts();
  if (!slides.length) return;
  document.documentElement.classList.add("slides");
  slideBar.hidden = false;
  showSlide(number);
  slideBar.querySelector(".slide-end").focus({ preventScroll: true });
}

function endSlides() {
  if (!slides.length) return;
  const last = slides[slide];
  document.documentElement.classList.remove("slides");
  slideBar.hidden = true;
  slides = [];
  state.set("slide", null);
  last.scrollIntoView();
  showSlides.focus({ preventScroll: true });
}

showSlides.addEventListener("click", () => startSlides(0));
slideBar.querySelector(".slide-back").addEventListener("click", () => showSlide(slide - 1));
slideBar.querySelector(".slide-on").addEventListener("click", () => showSlide(slide + 1));
slideBar.querySelector(".slide-end").addEventListener("click", endSlides);
document.addEventListener("keydown", (event) => {
  if (!slides.length || event.defaultPrevented) return;
  if (event.altKey || event.ctrlKey || event.metaKey) return;
  const steps = { ArrowRight: 1, PageDown: 1, ArrowLeft: -1, PageUp: -1 };
  if (event.key === "Escape" && !note.textContent) endSlides();
  // Sliders, and what scrolls sideways, keep their arrows.
  else if (event.key in steps && !event.target.closest("input, textarea, select, [tabindex='0']")) {
    event.preventDefault();
    showSlide(slide + steps[event.key]);
  }
});

/* --- What a term means, beside its first use */
const note = tongue.querySelector(".note");
let asked = null;

function closeNote() {
  note.textContent = "";
  asked?.removeAttribute("aria-expanded");
  asked = null;
}

document.addEventListener("click", (event) => {
  const term = event.target.closest("a.term");
  const open = term && term !== asked;
  closeNote();
  if (!term) return;
  event.preventDefault();
  if (!open) return;
  const said = document.getElementById(term.hash.slice(1));
  asked = term;
  term.setAttribute("aria-expanded", "true");
  note.textContent = `${said.textContent}: ${said.nextElementSibling.textContent}`;
  const { left, bottom } = term.getBoundingClientRect();
  const room = document.documentElement.clientWidth - note.offsetWidth - 8;
  note.style.left = `${Math.max(8, Math.min(left, room))}px`;
  note.style.top = `${bottom + scrollY + 6}px`;
});
document.addEventListener("keydown", (event) => {
  if (event.key === "Escape" && asked) closeNote();
});

if (state.get("slide") && !chosen) startSlides(state.get("slide") - 1);
