// A page without a kernel: its figures, Explorers, predictions and what they open, exercises, search.
import { bytesOf, model, readBook } from "./book.js";
import { course } from "./course.js";
import * as exercise from "./exercise.js";
import * as explorer from "./explorer.js";
import { unpack } from "./explorer.js";
import { inflated } from "./inflate.js";
import { ledger } from "./ledger.js";
import { plot } from "./plot.js";
import * as prediction from "./prediction.js";
import { offBy } from "./sketch.js";
import * as progress from "./progress.js";
import * as record from "./record.js";
import * as steps from "./steps.js";
import { create } from "./text.js";

const FEWEST_LETTERS = 2;
const MOST_FOUND = 12;
const WIDE = 4; // columns of a table that a narrow screen has no room for

const all = (selector, root = document) => [...root.querySelectorAll(selector)];
const dataOf = (node) => node.querySelector(":scope > script");

// a widget's model that a page answers by itself
function modelOf(state, saved) {
  const listeners = {};
  const tell = (event) => (listeners[event] ?? []).forEach((call) => call());
  return {
    get: (name) => state[name],
    set: (name, value) => (state[name] = value),
    save_changes: () => saved(state, tell),
    tell,
    on: (event, call) => (listeners[event] ??= []).push(call),
    off: () => {},
  };
}

// --- figures
function mountFigure(node) {
  const { picture, columns, alt, names } = JSON.parse(dataOf(node).textContent);
  const values = columns.map((column) => unpack(new DataView(bytesOf(column).buffer)));
  const place = create("div");
  node.replaceChildren(create("div", { className: "awsnb-explorer" }, place));
  plot(place).show(picture, (slot) => values[slot], alt, names.map((name) => ({ short: name, whole: name })));
}

// --- Explorers
async function mountExplorer(node) {
  const book = await readBook(bytesOf(dataOf(node).textContent.trim()));
  const note = create("p", { className: "small muted" });
  const place = create("div");
  const asked = model(book, ({ view }) => (note.textContent = book.said[view]));
  node.replaceChildren(place, note);
  explorer.render({ model: asked, el: place });
}

// --- predictions: what happens is sealed until the reader commits
async function unsealed(text) {
  return JSON.parse(new TextDecoder().decode(await inflated(bytesOf(text))));
}

function verdictOf({ verdicts, unit, within }, guess, paper) {
  if (paper) {
    const [[, told]] = verdicts;
    return { ...told, right: offBy(guess, told.answer, paper) <= paper.within };
  }
  const number = typeof guess === "number";
  const distance = ([one]) => (number ? Math.abs(Math.log(one / guess)) : Number(one !== guess));
  const [, told] = verdicts.reduce((best, one) => (distance(one) < distance(best) ? one : best));
  if (!number) return told;
  const right = Math.max(guess / told.answer, told.answer / guess) <= within;
  const guessed = `${guess.toLocaleString("en-US", { maximumSignificantDigits: 3 })} ${unit}`.trim();
  return { ...told, right, guessed };
}

function mountPrediction(node, committed) {
  const { asked, sealed } = JSON.parse(dataOf(node).textContent);
  const state = { asked, committed: {}, verdict: {} };
  const place = create("div");
  node.replaceChildren(place);
  const asking = modelOf(state, async ({ committed: said }, tell) => {
    state.verdict = verdictOf(await unsealed(sealed), said.guess, asked.paper);
    record.answer("predictions", asked.question, { ...said, right: state.verdict.right });
    tell("change:verdict");
    committed();
  });
  const before = record.answered("predictions")[asked.question];
  prediction.render({ model: asking, el: place });
  if (!before) return;
  state.committed = before;
  asking.save_changes();
}

// --- exercises: what is right is sealed too
function mountExercise(node) {
  const asked = JSON.parse(dataOf(node).textContent);
  exercise.render(node, asked, {
    before: record.answered("exercises")[asked.name],
    judgement: () => unsealed(asked.sealed),
    solved: (answer) => record.answer("exercises", asked.name, answer),
  });
}

// --- steps to tick off
function mountSteps(node) {
  const items = all("li", node);
  const names = items.map((item) => item.textContent);
  const before = record.answered("steps");
  const state = { steps: items.map((item) => item.innerHTML), done: names.map((name) => Boolean(before[name])) };
  const ticked = ({ done }) => names.forEach((name, i) => record.answer("steps", name, done[i] || undefined));
  const place = create("div");
  node.replaceChildren(place);
  steps.render({ model: modelOf(state, ticked), el: place });
}

// --- what is done, and how sure and how right one was
function counted() {
  const counts = ["prediction", "exercise"].map((kind) => [kind, all(`.${kind}`).length]).filter(([, asked]) => asked);
  const done = (kind) => Object.keys(record.answered(`${kind}s`)).length;
  return counts.map(([kind, asked]) => `${Math.min(done(kind), asked)} of ${asked} ${kind}s`);
}

function mountProgress(node) {
  const levels = JSON.parse(dataOf(node).textContent);
  const state = {};
  const count = () => {
    const made = Object.values(record.answered("predictions"));
    const right = (of) => of.filter((one) => one.right).length;
    state.text = `Done: ${counted().join(" and ")}.`;
    state.rows = levels.map(([sure, share]) => {
      const own = made.filter((one) => one.sure === sure);
      return [sure, own.length, right(own), share];
    });
  };
  count();
  const shown = modelOf(state, () => {
    record.startOver();
    location.reload();
  });
  const place = create("div");
  node.replaceChildren(place);
  progress.render({ model: shown, el: place });
  record.listen(() => {
    count();
    shown.tell("change");
  });
}

// --- what follows the predictions opens when they are made
function gate() {
  const rest = document.querySelector(".rest");
  const cards = all(".prediction");
  const open = () => {
    if (rest) rest.hidden = false;
    lock.remove();
    for (const node of all(".explorer:not([data-open])")) {
      node.dataset.open = "yes";
      mountExplorer(node);
    }
    for (const node of all(".figure:not([data-open])")) {
      node.dataset.open = "yes";
      mountFigure(node);
    }
  };
  const skip = create("button", { type: "button", className: "link" }, cards.length > 1 ? "Skip the questions" : "Skip the question");
  const lock = create("p", { className: "lock small muted" }, "The Explorer and the idea open when you commit. ", skip);
  skip.addEventListener("click", () => {
    record.answer("skipped", "predictions", true);
    open();
  });
  let left = cards.length;
  for (const card of cards) mountPrediction(card, () => --left || open());
  if (!rest || !cards.length || record.answered("skipped").predictions || rest.contains(linked())) open();
  else {
    rest.hidden = true;
    rest.before(lock);
  }
}

// --- tables: on a narrow screen each value of a wide one stands below the last, behind its heading
function label(table) {
  const heads = [...(table.tHead?.rows[0]?.cells ?? [])].map((cell) => cell.textContent.trim());
  if (heads.length < WIDE) return;
  table.classList.add("wide");
  for (const row of table.tBodies[0].rows) [...row.cells].forEach((cell, i) => (cell.dataset.of = heads[i]));
}

// --- search
function entries() {
  const listed = document.querySelector("#words");
  if (listed) return JSON.parse(listed.textContent).map(([href, title, text]) => ({ href, title, text }));
  let title = document.querySelector("h1").textContent;
  return all("main :is(h2, h3, p, li, td)")
    .filter((node) => node.offsetParent && !node.closest(".awsnb-explorer, .found"))
    .map((node) => {
      if (/^H/.test(node.tagName)) title = node.textContent;
      return { node, title, text: node.textContent };
    });
}

function search() {
  const box = document.querySelector("#search");
  const found = create("ul", { className: "found", hidden: true });
  box.after(found);
  const show = () => {
    const wanted = box.value.trim().toLowerCase();
    const hits = wanted.length < FEWEST_LETTERS ? [] : entries().filter(({ title, text }) => `${title} ${text}`.toLowerCase().includes(wanted));
    found.replaceChildren(...hits.slice(0, MOST_FOUND).map((hit) => item(hit, wanted)));
    if (wanted.length >= FEWEST_LETTERS && !hits.length) found.replaceChildren(create("li", { className: "muted" }, "Nothing found"));
    found.hidden = !found.children.length;
  };
  const item = ({ href, node, title, text }, wanted) => {
    const at = Math.max(0, text.toLowerCase().indexOf(wanted) - 30);
    const words = `${at ? "…" : ""}${text.slice(at, at + 90)}`;
    const link = create("a", { href: href ?? "#" }, create("b", {}, title), create("span", {}, words));
    link.addEventListener("click", (event) => {
      if (!node) return;
      event.preventDefault();
      found.hidden = true;
      node.scrollIntoView({ block: "center" });
      node.classList.add("hit");
      setTimeout(() => node.classList.remove("hit"), 2000);
    });
    return create("li", {}, link);
  };
  box.addEventListener("input", show);
  box.addEventListener("keydown", (event) => event.key === "Escape" && ((box.value = ""), show()));
  document.addEventListener("click", (event) => (found.hidden ||= !event.target.closest("search")));
}

// --- light or dark, and where one is
function theme() {
  const root = document.documentElement;
  document.querySelector("#theme").addEventListener("click", () => {
    root.dataset.theme = root.dataset.theme === "dark" ? "light" : "dark";
    try {
      localStorage.setItem("awsnb theme", root.dataset.theme);
    } catch {
      // the page works without
    }
  });
}

// a link to a place that is folded, or not open yet
const linked = () => document.getElementById(location.hash.slice(1));

function goToCell() {
  const place = linked();
  for (let fold = place?.closest("details"); fold; fold = fold.parentElement.closest("details")) fold.open = true;
  place?.scrollIntoView();
}

function rail() {
  const links = all(".rail a");
  const mark = () => {
    const headings = links.map((link) => [link, document.getElementById(decodeURIComponent(link.hash.slice(1)))]);
    const passed = headings.filter(([, node]) => node?.offsetParent && node.getBoundingClientRect().top < 120).map(([link]) => link);
    for (const link of links) link.toggleAttribute("aria-current", link === (passed.at(-1) ?? links[0]));
  };
  addEventListener("scroll", mark, { passive: true });
  mark();
}

theme();
if (document.querySelector("#search")) search();
gate();
all(".exercise").forEach(mountExercise);
all(".steps-at-aws").forEach(mountSteps);
all(".progress").forEach(mountProgress);
all("article table").forEach(label);
all(".hero").forEach(course);
all(".choose").forEach(ledger);
rail();
goToCell();
addEventListener("hashchange", goToCell);
