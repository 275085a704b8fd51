// The course at a glance: what is done of each section, and what to open now. Its Python twin is
// awsnb/lessons/course.py.
import { forgetAll, read } from "./record.js";
import { create } from "./text.js";

const all = (selector, root = document) => [...root.querySelectorAll(selector)];

const doneOf = ({ predictions = {}, exercises = {} } = {}) =>
  Object.keys(predictions).length + Object.keys(exercises).length;

const lessonOf = (tile, kept) => {
  const asked = Number(tile.dataset.asked);
  const done = Math.min(doneOf(kept[tile.dataset.section]), asked);
  return { tile, asked, done, isDone: done > 0 && done === asked };
};

function mark({ tile, asked, done, isDone }) {
  if (!done) return;
  const state = create("b", { className: isDone ? "yes" : "" }, isDone ? "✓ done" : `${done} of ${asked} answered`);
  tile.querySelector(".minutes").append(" · ", state);
}

function count(chapter, lessons) {
  const own = lessons.filter(({ tile }) => chapter.contains(tile));
  const done = own.filter(({ isDone }) => isDone).length;
  if (!own.some((one) => one.done)) return;
  chapter.querySelector(".minutes-of").prepend(`${done} of ${own.length} done · `);
  const bar = document.querySelector(`.chapters a[href="#${chapter.id}"] ~ progress`);
  bar.ariaLabel = `${done} of ${own.length} sections done`;
  bar.max = own.reduce((sum, { asked }) => sum + asked, 0);
  bar.value = own.reduce((sum, one) => sum + one.done, 0);
  bar.hidden = false;
}

// what was begun, else what to begin with, else what is left
function next(lessons, first) {
  const begun = lessons.find(({ done, isDone }) => done && !isDone);
  const left = [...lessons.filter(({ tile }) => tile.dataset.section === first), ...lessons].find(({ done }) => !done);
  return begun ?? left;
}

function open(hero, { tile, done, asked }) {
  const { title, said } = tile.dataset;
  hero.querySelector(".picture").replaceWith(tile.querySelector(".picture").cloneNode(true));
  hero.querySelector(".kicker").textContent = done ? "Go on" : "Next";
  hero.querySelector("h2").textContent = title;
  hero.querySelector("div > .muted").textContent = tile.querySelector(".question-of").textContent;
  hero.querySelector("a").href = tile.href;
  hero.querySelector(".row .small").textContent = done ? `${done} of ${asked} answered` : said;
}

function offerToStartOver(hero, lessons) {
  const done = lessons.filter(({ isDone }) => isDone).length;
  const again = create("button", { type: "button", className: "link" }, "Start over");
  again.addEventListener("click", () => {
    if (again.dataset.asked) {
      forgetAll();
      location.reload();
    }
    again.dataset.asked = "yes";
    again.textContent = "Forget all answers?";
  });
  hero.parentElement.append(create("p", { className: "small muted" }, `Done: ${done} of ${lessons.length} sections. `, again));
}

export function course(hero) {
  const kept = read();
  if (!Object.keys(kept).length) return;
  const lessons = all("a.tile").map((tile) => lessonOf(tile, kept));
  lessons.forEach(mark);
  for (const chapter of all(".chapter")) count(chapter, lessons);
  const now = next(lessons, hero.dataset.section);
  if (now && (now.done || now.tile.dataset.section !== hero.dataset.section)) open(hero, now);
  offerToStartOver(hero, lessons);
}
