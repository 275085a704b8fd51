// The Explorer: situations, controls, numbers, the sentence, the moving picture and the plots.
// It asks with what the reader set, and paints each answer whole, in one frame. Whoever answers,
// a kernel or a page's own table, is behind `model`.
import { onAlive } from "./alive.js";
import { control, differences, said, same } from "./controls.js";
import { keepKeys } from "./keys.js";
import { plot } from "./plot.js";
import { scene } from "./scene.js";
import { create } from "./text.js";
import { zoom } from "./zoom.js";

const SOON_MS = 150; // until a reader is told that an answer takes time
const LONG_MS = 15_000; // until it is likely that nobody answers
const MOST_UNDO = 100;
const NO_VALUE = 65_535;

// 16-bit steps between the least and the greatest value
export function unpack(view) {
  const [low, high, log] = [0, 8, 16].map((at) => view.getFloat64(at, true));
  const values = new Array((view.byteLength - 24) / 2);
  for (let i = 0; i < values.length; i++) {
    const step = view.getUint16(24 + 2 * i, true);
    const value = low + ((high - low) * step) / (NO_VALUE - 1);
    values[i] = step === NO_VALUE ? NaN : log ? 10 ** value : value;
  }
  return values;
}

function columnsOf(model, letter) {
  const sent = {};
  const values = {};
  return (slot) => {
    const view = model.get(`${letter}${slot}`);
    if (view !== sent[slot]) [sent[slot], values[slot]] = [view, unpack(view)];
    return values[slot];
  };
}

function parsed(model, trait) {
  let text = null;
  let value = null;
  return () => {
    if (text !== model.get(trait)) [text, value] = [model.get(trait), JSON.parse(model.get(trait))];
    return value;
  };
}

const button = (text, press, properties = {}) => {
  const node = create("button", { type: "button", className: "awsnb-button", ...properties }, text);
  node.addEventListener("click", press);
  return node;
};

export function render({ model, el }) {
  const { title, views } = model.get("form");
  const columns = columnsOf(model, "y");
  const sceneColumns = columnsOf(model, "s");
  const picture = parsed(model, "panels");
  const play = parsed(model, "scene");
  const undo = [];
  let held = false; // while one slider is dragged
  let timers = [];
  let controls = [];
  let folds = [];
  let shownView = null;
  let shownSituation = null;
  let own = model.get("values"); // as the reader set them

  const view = () => views.find(({ name }) => name === model.get("view"));
  const homeOf = (situation) => view().situations.find(({ name }) => name === situation).values;
  const state = () => Object.fromEntries(["view", "situation", "values"].map((name) => [name, model.get(name)]));

  // --- what the reader does
  const ask = (changes, going = false) => {
    for (const [name, value] of Object.entries(changes)) model.set(name, value);
    own = model.get("values");
    model.set("asked", model.get("asked") + 1);
    model.save_changes();
    note.textContent = "";
    for (const timer of timers) clearTimeout(timer);
    timers = [setTimeout(() => wait("working…"), SOON_MS), setTimeout(() => wait(NOBODY), LONG_MS)];
    if (!going) paintState(); // while a slider moves, its words come with the answer: one picture
  };
  const wait = (text) => {
    busy.textContent = text;
    busy.hidden = false;
  };
  const remember = () => {
    undo.push(state());
    if (undo.length > MOST_UNDO) undo.shift();
  };
  const change = (name, value, going) => {
    if (!held) remember();
    held = Boolean(going);
    if (!same(model.get("values")[name], value))
      ask({ values: { ...model.get("values"), [name]: value } }, held);
  };
  const choose = (situation) => {
    remember();
    ask({ situation, values: { ...homeOf(situation) } });
  };
  const open = (name) => {
    remember();
    const first = views.find((one) => one.name === name).situations[0];
    ask({ view: name, situation: first.name, values: { ...first.values } });
  };
  const keep = () => ask({ kept: [...model.get("kept"), state()] });
  const forget = (place) => ask({ kept: model.get("kept").filter((_, i) => i !== place) });
  const copy = async (text, source) => {
    try {
      await navigator.clipboard.writeText(text);
      note.textContent = `Copied: ${text}`;
    } catch {
      note.textContent = text;
      getSelection().selectAllChildren(note);
      const before = source.textContent;
      source.textContent = "Press Ctrl+C or ⌘C";
      setTimeout(() => (source.textContent = before), 4000);
    }
  };

  // --- what stands on the page
  const tabs = create("div", { className: "awsnb-tabs", role: "tablist", hidden: views.length < 2 });
  const situations = create("div", { className: "awsnb-situations", role: "radiogroup", ariaLabel: "Situation" });
  const name = create("strong");
  const changed = create("em");
  const heading = create("h2", {}, name, changed);
  const acts = {
    undo: button("Undo", () => ask(undo.pop())),
    reset: button("Reset", () => choose(model.get("situation"))),
    keep: button("Keep this run", keep),
    copy: button("Copy state", () => copy(model.get("answer").code, acts.copy)),
  };
  const watch = create("p", { className: "awsnb-watch" });
  const note = create("span", { className: "awsnb-note", role: "status" });
  const busy = create("span", { className: "awsnb-busy", role: "status", hidden: true });
  const numbers = create("dl", { className: "awsnb-numbers" });
  const why = create("p", { className: "awsnb-why" });
  why.setAttribute("aria-live", "polite");
  const problem = create("p", { className: "awsnb-problem", role: "alert", hidden: true });
  const main = create("div", { className: "awsnb-main" });
  const more = create("div", { className: "awsnb-more" });
  const form = create("fieldset", { className: "awsnb-controls" }, create("legend", {}, "Controls"), main, more);
  const picturePlace = create("section", { className: "awsnb-scene", ariaLabel: "The run as a moving picture", hidden: true });
  const plots = create("div");
  const kept = create("div", { className: "awsnb-kept" });
  const zoomer = button("Zoom into the plots", () => zoom(model, el, zoomer), { className: "awsnb-link", hidden: !model.send });
  const command = button("Copy report command", () => copy(model.get("answer").command, command), { className: "awsnb-link" });
  const foot = create("div", { className: "awsnb-foot" }, zoomer, command);
  const dead = create("p", { className: "awsnb-dead", hidden: true },
    "This is how it was left. Run its cell to move the controls.");
  const result = create("div", { className: "awsnb-result" }, picturePlace, plots, kept);
  el.classList.add("awsnb-explorer");
  el.append(create("section", { className: "awsnb-all", ariaLabel: `Explorer: ${title}` },
    dead, tabs, situations,
    create("div", { className: "awsnb-top" }, heading, create("div", { className: "awsnb-acts" }, ...Object.values(acts))),
    create("div", { className: "awsnb-line" }, watch, note),
    create("div", { className: "awsnb-two" }, create("div", { className: "awsnb-numbers-place" }, numbers, busy),
      create("div", { className: "awsnb-why-place" }, problem, why), form, result, foot)));

  const live = plot(plots, (axis, place) => stage.at(axis, place));
  const stage = scene(picturePlace, (told, place, moment) => {
    live.head(told.x, place);
    follow(told, moment);
  });
  // a result that is of one moment is asked anew for the moment that is played
  const follow = ({ at, x }, moment) => {
    const values = model.get("values");
    if (at !== null && x in values && values[x] !== Math.round(moment)) change(x, Math.round(moment), stage.isPlaying());
  };

  keepKeys(el);
  situations.addEventListener("keydown", (event) => {
    const names = view().situations.map((one) => one.name);
    const by = { ArrowRight: 1, ArrowDown: 1, ArrowLeft: -1, ArrowUp: -1 }[event.key];
    if (!by) return;
    event.preventDefault();
    choose(names.at((names.indexOf(model.get("situation")) + by) % names.length));
    situations.querySelector("[aria-checked=true]").focus();
  });

  const build = () => {
    shownView = model.get("view");
    const { fields, situations: told } = view();
    tabs.replaceChildren(...views.map((one) => button(one.name, () => open(one.name), { className: "awsnb-tab", role: "tab", title: one.question })));
    situations.replaceChildren(...told.map((one) =>
      button(one.name, () => choose(one.name), { className: "awsnb-situation", role: "radio" })));
    controls = fields.filter(({ control: has }) => has).map((field) =>
      control(field, (value, going) => change(field.name, value, going),
        () => change(field.name, homeOf(model.get("situation"))[field.name])));
    const groups = [...new Set(controls.filter(({ field }) => field.advanced).map(({ field }) => field.group))];
    folds = groups.map((group) => {
      const own = controls.filter(({ field }) => field.advanced && field.group === group);
      const force = create("small");
      const fold = create("details", { className: "awsnb-fold" }, create("summary", {}, create("span", {}, group || "More"), force), ...own.map(({ node }) => node));
      return { node: fold, own, force };
    });
    main.replaceChildren(...controls.filter(({ field }) => !field.advanced).map(({ node }) => node));
    more.replaceChildren(...folds.map(({ node }) => node));
  };

  // what depends on what the reader set, before the answer is there
  const paintState = () => {
    if (shownView !== model.get("view")) build();
    const { view: viewName, situation, values } = state();
    const home = homeOf(situation);
    const { inForce, hidden, trouble, place, offers } = model.get("answer");
    const { fields, situations: told } = view();
    for (const { update, field } of controls)
      update({
        value: values[field.name], home: home[field.name], inForce: inForce[field.name],
        hidden: hidden.includes(field.name), offers: offers[field.name],
        trouble: trouble?.beside === field.name ? trouble : null, place,
      });
    for (const { node, own, force } of folds) {
      const apply = own.filter(({ field }) => !hidden.includes(field.name));
      const words = apply.map(({ field }) => `${field.label}: ${said(field, values[field.name], inForce[field.name])}`);
      if (force.textContent !== words.join(", ")) force.textContent = words.join(", ");
      node.hidden = !apply.length;
      if (own.some(({ field }) => trouble?.beside === field.name)) node.open = true;
    }
    [...tabs.children].forEach((tab, i) => tab.setAttribute("aria-selected", views[i].name === viewName));
    [...situations.children].forEach((one, i) => {
      one.setAttribute("aria-checked", told[i].name === situation);
      one.tabIndex = told[i].name === situation ? 0 : -1;
    });
    if (shownSituation !== situation) {
      shownSituation = situation;
      const chosen = situations.querySelector("[aria-checked=true]");
      situations.scrollLeft = chosen.offsetLeft - situations.offsetLeft - 60;
    }
    const different = differences(fields, values, home);
    write(name, situation);
    write(changed, different && `changed: ${different}`);
    const words = told.find((one) => one.name === situation).watch;
    write(watch, joined(words && different ? `Before your change: ${words}` : words));
    acts.undo.disabled = !undo.length;
    acts.reset.disabled = !different;
    const runs = model.get("kept");
    acts.keep.disabled = runs.length >= 3 || runs.some((run) => same(run, state()));
    paintKept(fields, values, runs);
  };
  const paintKept = (fields, values, runs) => {
    const names = runs.map((run) => differences(fields, run.values, values) || "this run");
    if (kept.children.length !== runs.length)
      kept.replaceChildren(...runs.map((run, i) =>
        create("p", {}, create("span", { className: `awsnb-kept${i + 1}` }, " "),
          button("go there", () => { remember(); ask(model.get("kept")[i]); }, { className: "awsnb-link" }),
          button("forget it", () => forget(i), { className: "awsnb-link" }))));
    runs.forEach((run, i) => write(kept.children[i].firstChild, `Kept: ${names[i]}`));
  };
  const paintAnswer = () => {
    const answer = model.get("answer");
    if (answer.of >= model.get("asked")) {
      for (const timer of timers) clearTimeout(timer);
      busy.hidden = true;
    }
    result.classList.toggle("awsnb-stale", Boolean(answer.trouble));
    numbers.classList.toggle("awsnb-stale", Boolean(answer.trouble));
    why.classList.toggle("awsnb-stale", Boolean(answer.trouble));
    const general = answer.trouble && !answer.trouble.beside;
    write(problem, general ? answer.trouble.text : "");
    problem.hidden = !general;
    paintNumbers(answer.numbers);
    write(why, joined(answer.why));
    if (command.title !== answer.command) command.title = answer.command;
    const { fields } = view();
    const names = answer.kept.map((values) => `kept: ${differences(fields, values, model.get("values")) || "this run"}`);
    const moving = play();
    stage.show(moving, sceneColumns);
    live.show(picture(), columns, answer.alt, names, moving?.x);
    const looked = stage.place();
    if (looked) live.head(...looked);
  };
  const paintNumbers = (told) => {
    if (numbers.children.length !== told.length)
      numbers.replaceChildren(...told.map(() => create("div", {}, create("dt", {}, " "), create("dd", {}, " "), create("small", {}, ""))));
    told.forEach(({ label, text, kept: others }, i) => {
      const [term, value, below] = numbers.children[i].children;
      write(term, label);
      write(value, text);
      value.classList.toggle("awsnb-word", !/\d/.test(text));
      const news = others.map((other, rank) => [other, rank + 1]).filter(([other]) => other !== text);
      if (below.textContent !== news.map(([other]) => `${other} kept`).join(""))
        below.replaceChildren(...news.map(([other, rank]) => create("span", { className: `awsnb-kept${rank}` }, `${other} kept`)));
    });
  };
  const paint = () => {
    // an answer to an earlier question must not take back what was moved since
    if (model.get("answer").of < model.get("asked")) model.set("values", own);
    else own = model.get("values");
    paintState();
    paintAnswer();
  };
  const liveness = (alive) => {
    dead.hidden = alive;
    form.disabled = !alive;
    for (const node of [tabs, situations, kept, acts.undo, acts.reset, acts.keep, zoomer]) node.inert = !alive;
  };

  paint();
  model.on("change:answer", paint);
  onAlive(model, liveness);
  return () => {
    model.off("change:answer", paint);
    live.dispose();
    stage.dispose();
  };
}

const NOBODY = "No answer yet. If the kernel was stopped, run this cell again.";

// a number and its unit stay on one line
const joined = (text) => text.replace(/(\d) (?=(%|\p{L}{1,5}(\/s)?)(?![\p{L}-]))/gu, "$1\u00a0");

// writes a text without taking an element, or a text node, away
function write(node, text) {
  if (!node.firstChild) node.append("");
  if (node.firstChild.data !== text) node.firstChild.data = text;
}

export default { render };
