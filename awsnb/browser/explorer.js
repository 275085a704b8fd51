// The Explorer: situations, controls, numbers, the sentence, the moving picture and the plots.
// It asks with what the reader set, and paints each answer whole, in one frame. Whoever answers,
// a kernel or a page's own table, is behind `model`.
import { onAlive } from "./alive.js";
import { called, control, differences, said, same } from "./controls.js";
import { keepKeys } from "./keys.js";
import { plot } from "./plot.js";
import { prefetching } from "./prefetch.js";
import { scene } from "./scene.js";
import { create } from "./text.js";
import { zoom } from "./zoom.js";

const SOON_MS = 150; // until a reader is told that an answer takes time
const LONG_MS = 15_000; // until it is likely that nobody answers
const MOST_UNDO = 100;
const MOST_KEPT = 3;
const NO_VALUE = 65_535;

// 16-bit steps between the least and the greatest value; `read` says one to the places that its step can tell
export function unpack(view) {
  const [low, high, log] = [0, 8, 16].map((at) => view.getFloat64(at, true));
  const values = new Array((view.byteLength - 24) / 2);
  for (let i = 0; i < values.length; i++) {
    const step = view.getUint16(24 + 2 * i, true);
    const value = low + ((high - low) * step) / (NO_VALUE - 1);
    values[i] = step === NO_VALUE ? NaN : log ? 10 ** value : value;
  }
  const step = (high - low) / (view.steps ?? NO_VALUE - 1);
  values.read = (value) => (log || value === low || value === high ? value : rounded(value, step));
  return values;
}

function rounded(value, step) {
  const places = -Math.ceil(Math.log10(step));
  const one = 10 ** Math.abs(places);
  return places > 0 ? Math.round(value * one) / one : Math.round(value / one) * one;
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
  const patience = waiting();
  const prefetch = prefetching(model, () => form.neighbours(), () => paint());
  const reader = readerOf(model, prefetch, (going) => {
    copier.note.textContent = "";
    patience.begin();
    if (!going) paintState(); // while a slider moves, its words come with the answer: one picture
  });
  const copier = copying();
  const acts = actsOf(model, reader, copier);
  const form = formOf(reader);
  const answer = answerOf(model, el, reader, copier);
  const words = headingOf();
  const choices = choicesOf(reader);
  const dead = create("p", { className: "awsnb-dead", hidden: true },
    "This is how it was left. Run its cell to move the controls.");
  el.classList.add("awsnb-explorer");
  el.append(create("section", { className: "awsnb-all", ariaLabel: `Explorer: ${model.get("form").title}` },
    dead, choices.tabs, choices.situations,
    create("div", { className: "awsnb-top" }, words.heading, create("div", { className: "awsnb-acts" }, ...Object.values(acts.buttons))),
    create("div", { className: "awsnb-line" }, words.watch, copier.note),
    create("div", { className: "awsnb-two" }, create("div", { className: "awsnb-numbers-place" }, answer.numbers, patience.busy),
      create("div", { className: "awsnb-why-place" }, answer.problem, answer.why), form.node, answer.result, answer.foot)));
  keepKeys(el);

  // what depends on what the reader set, before the answer is there
  const paintState = () => {
    choices.paint();
    form.paint(model.get("answer"));
    words.paint(reader);
    acts.paint();
    answer.paintKept();
  };
  const paint = () => {
    reader.settle();
    if (!prefetch.isWhole()) return;
    paintState();
    if (model.get("answer").of >= model.get("asked")) patience.end();
    answer.paint();
    prefetch.soon();
  };
  const liveness = (alive) => {
    dead.hidden = alive;
    form.node.disabled = !alive;
    for (const node of [choices.tabs, choices.situations, ...acts.asking, ...answer.asking]) node.inert = !alive;
  };
  paint();
  model.on("change:answer", paint);
  form.node.addEventListener("focusin", prefetch.soon);
  onAlive(model, liveness);
  return () => {
    model.off("change:answer", paint);
    answer.dispose();
  };
}

// what the reader sets and keeps, and how it is taken back; `onAsk` hears of each question
function readerOf(model, prefetch, onAsk) {
  const { views } = model.get("form");
  const undo = [];
  let held = false; // while one slider is dragged, or a run plays
  let own = model.get("values"); // as the reader set them

  const view = () => views.find(({ name }) => name === model.get("view"));
  const homeOf = (situation) => view().situations.find(({ name }) => name === situation).values;
  const state = () => Object.fromEntries(["view", "situation", "values"].map((name) => [name, model.get(name)]));
  const ask = (changes, going = false) => {
    for (const [name, value] of Object.entries(changes)) model.set(name, value);
    own = model.get("values");
    model.set("asked", model.get("asked") + 1);
    prefetch.ask(() => {
      model.save_changes();
      onAsk(going);
    });
  };
  const remember = () => {
    undo.push(state());
    if (undo.length > MOST_UNDO) undo.shift();
  };
  const begin = (changes) => {
    remember();
    ask(changes);
  };
  return {
    views, view, homeOf, state,
    kept: () => model.get("kept"),
    canUndo: () => undo.length > 0,
    change(name, value, going = false) {
      if (same(model.get("values")[name], value)) return void (held &&= going);
      if (!held) remember();
      held = going;
      ask({ values: { ...model.get("values"), [name]: value } }, held);
    },
    release: () => (held = false),
    choose: (situation) => begin({ situation, values: { ...homeOf(situation) } }),
    open(name) {
      const first = views.find((one) => one.name === name).situations[0];
      begin({ view: name, situation: first.name, values: { ...first.values } });
    },
    undo: () => ask(undo.pop()),
    reset: () => begin({ values: { ...homeOf(model.get("situation")) } }),
    keep: () => ask({ kept: [...model.get("kept"), state()] }),
    forget: (place) => ask({ kept: model.get("kept").filter((_, i) => i !== place) }),
    goTo: (place) => begin(model.get("kept")[place]),
    // an answer to an earlier question must not take back what was moved since
    settle() {
      if (model.get("answer").of < model.get("asked")) model.set("values", own);
      else own = model.get("values");
    },
  };
}

// says that an answer takes time, and later that perhaps nobody answers
function waiting() {
  const busy = create("span", { className: "awsnb-busy", role: "status", hidden: true });
  let timers = [];
  const say = (text) => {
    busy.textContent = text;
    busy.hidden = false;
  };
  const stop = () => timers.forEach(clearTimeout);
  return {
    busy,
    begin() {
      stop();
      timers = [setTimeout(() => say("working…"), SOON_MS), setTimeout(() => say(NOBODY), LONG_MS)];
    },
    end() {
      stop();
      busy.hidden = true;
    },
  };
}

function copying() {
  const note = create("span", { className: "awsnb-note", role: "status" });
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
  return { note, copy };
}

function actsOf(model, reader, { copy }) {
  const undo = button("Undo", reader.undo);
  const reset = button("Reset", reader.reset);
  const keep = button("Keep this run", reader.keep);
  const state = button("Copy state", () => copy(model.get("answer").code, state));
  const paint = () => {
    const now = reader.state();
    undo.disabled = !reader.canUndo();
    reset.disabled = same(now.values, reader.homeOf(now.situation));
    keep.disabled = reader.kept().length >= MOST_KEPT || reader.kept().some((run) => same(run, now));
  };
  return { buttons: { undo, reset, keep, state }, asking: [undo, reset, keep], paint };
}

// the views and the situations that can be chosen
function choicesOf(reader) {
  const tabs = create("div", { className: "awsnb-tabs", role: "tablist", hidden: reader.views.length < 2 });
  const situations = create("div", { className: "awsnb-situations", role: "radiogroup", ariaLabel: "Situation" });
  let shown = {};
  situations.addEventListener("keydown", (event) => {
    const names = reader.view().situations.map(({ name }) => name);
    const by = { ArrowRight: 1, ArrowDown: 1, ArrowLeft: -1, ArrowUp: -1 }[event.key];
    if (!by) return;
    event.preventDefault();
    reader.choose(names.at((names.indexOf(reader.state().situation) + by) % names.length));
    situations.querySelector("[aria-checked=true]").focus();
  });
  const build = () => {
    tabs.replaceChildren(...reader.views.map(({ name, question }) =>
      button(name, () => reader.open(name), { className: "awsnb-tab", role: "tab", title: question })));
    situations.replaceChildren(...reader.view().situations.map(({ name }) =>
      button(name, () => reader.choose(name), { className: "awsnb-situation", role: "radio" })));
  };
  const paint = () => {
    const { view, situation } = reader.state();
    if (shown.view !== view) build();
    [...tabs.children].forEach((tab, i) => tab.setAttribute("aria-selected", reader.views[i].name === view));
    [...situations.children].forEach((one) => {
      const chosen = one.textContent === situation;
      one.setAttribute("aria-checked", chosen);
      one.tabIndex = chosen ? 0 : -1;
      if (chosen && shown.situation !== situation) situations.scrollLeft = one.offsetLeft - situations.offsetLeft - 60;
    });
    shown = { view, situation };
  };
  return { tabs, situations, paint };
}

function headingOf() {
  const name = create("strong");
  const changed = create("em");
  const watch = create("p", { className: "awsnb-watch" });
  const paint = (reader) => {
    const { situation, values } = reader.state();
    const { fields, situations } = reader.view();
    const different = differences(fields, values, reader.homeOf(situation));
    const words = situations.find((one) => one.name === situation).watch;
    write(name, situation);
    write(changed, different && `changed: ${different}`);
    write(watch, joined(words && different ? `Before your change: ${words}` : words));
  };
  return { heading: create("h2", {}, name, changed), watch, paint };
}

// the controls: those that matter, and folded by group the rest
function formOf(reader) {
  const main = create("div", { className: "awsnb-main" });
  const more = create("div", { className: "awsnb-more" });
  const node = create("fieldset", { className: "awsnb-controls" }, create("legend", {}, "Controls"), main, more);
  let shown = null;
  let controls = [];
  let folds = [];
  const build = () => {
    shown = reader.view();
    controls = shown.fields.filter(({ control: has }) => has).map((field) =>
      control(field, (value, going) => reader.change(field.name, value, going),
        () => reader.change(field.name, reader.homeOf(reader.state().situation)[field.name])));
    const folded = controls.filter(({ field }) => field.advanced);
    folds = [...new Set(folded.map(({ field }) => field.group))].map((group) =>
      foldOf(group, folded.filter(({ field }) => field.group === group)));
    main.replaceChildren(...controls.filter(({ field }) => !field.advanced).map((one) => one.node));
    more.replaceChildren(...folds.map((one) => one.node));
  };
  const paint = (answer) => {
    if (shown !== reader.view()) build();
    const { situation, values } = reader.state();
    const home = reader.homeOf(situation);
    for (const { update, field: { name } } of controls)
      update({
        value: values[name], home: home[name], inForce: answer.inForce[name], place: answer.place,
        hidden: answer.hidden.includes(name), offers: answer.offers[name],
        trouble: answer.trouble?.beside === name ? answer.trouble : null,
      });
    for (const fold of folds) fold.paint(values, answer);
  };
  const neighbours = () => controls.flatMap((one) => one.neighbours().map((value) => ({ [one.field.name]: value })));
  return { node, paint, neighbours };
}

// a group of controls; folded, it says what is in force
function foldOf(group, controls) {
  const force = create("small");
  const summary = create("summary", {}, create("span", {}, group || "More"), force);
  const node = create("details", { className: "awsnb-fold" }, summary, ...controls.map((one) => one.node));
  const paint = (values, { hidden, inForce, trouble }) => {
    const apply = controls.map(({ field }) => field).filter(({ name }) => !hidden.includes(name));
    const words = apply.map((field) => `${field.label}: ${said(field, values[field.name], inForce[field.name])}`);
    write(force, words.join(", "));
    node.hidden = !apply.length;
    if (controls.some(({ field }) => trouble?.beside === field.name)) node.open = true;
  };
  return { node, paint };
}

// the numbers, the sentence, the moving picture, the plots, and the runs that are kept
function answerOf(model, el, reader, { copy }) {
  const columns = columnsOf(model, "y");
  const sceneColumns = columnsOf(model, "s");
  const picture = parsed(model, "panels");
  const play = parsed(model, "scene");
  const numbers = create("dl", { className: "awsnb-numbers" });
  const why = create("p", { className: "awsnb-why" });
  why.setAttribute("aria-live", "polite");
  const problem = create("p", { className: "awsnb-problem", role: "alert", hidden: true });
  const scenePlace = create("section", { className: "awsnb-scene", ariaLabel: "The run as a moving picture", hidden: true });
  const plots = create("div");
  const kept = create("div", { className: "awsnb-kept" });
  const result = create("div", { className: "awsnb-result" }, scenePlace, plots, kept);
  const zoomer = button("Zoom into the plots", () => zoom(model, el, zoomer), { className: "awsnb-link", hidden: !model.send });
  const command = button("Copy report command", () => copy(model.get("answer").command, command), { className: "awsnb-link" });
  const foot = create("div", { className: "awsnb-foot" }, zoomer, command);

  const live = plot(plots, (axis, place) => stage.at(axis, place), (slot) => stage.read(slot));
  const stage = scene(scenePlace, (told, place, moment, going) => {
    live.head(told.x, place);
    follow(told, moment, going);
  }, reader.release);
  // a result that is of one moment is asked anew for the moment that is played
  const follow = ({ at, x }, moment, going) => {
    if (at !== null && x in reader.state().values) reader.change(x, Math.round(moment), going);
  };
  const namesOf = (runs) => runs.map((values) => called(reader.view().fields, values, reader.state().values));
  const paint = () => {
    const answer = model.get("answer");
    for (const node of [result, numbers, why]) node.classList.toggle("awsnb-stale", Boolean(answer.trouble));
    const general = answer.trouble && !answer.trouble.beside;
    write(problem, general ? answer.trouble.text : "");
    problem.hidden = !general;
    paintNumbers(numbers, answer.numbers);
    write(why, joined(answer.why));
    if (command.title !== answer.command) command.title = answer.command;
    const moving = play();
    stage.show(moving, sceneColumns);
    const names = namesOf(answer.kept).map(({ short, whole }) => ({ short: `kept: ${short}`, whole }));
    live.show(picture(), columns, answer.alt, names, moving?.x);
    const looked = stage.place();
    if (looked) live.head(...looked);
  };
  return {
    numbers, why, problem, result, foot, paint,
    asking: [kept, zoomer],
    paintKept: () => paintKept(kept, namesOf(reader.kept().map(({ values }) => values)), reader),
    dispose() {
      live.dispose();
      stage.dispose();
    },
  };
}

function paintKept(node, names, reader) {
  if (node.children.length !== names.length)
    node.replaceChildren(...names.map((_, i) =>
      create("p", {}, create("span", { className: `awsnb-kept${i + 1}` }, " "),
        button("go there", () => reader.goTo(i), { className: "awsnb-link" }),
        button("forget it", () => reader.forget(i), { className: "awsnb-link" }))));
  names.forEach(({ short, whole }, i) => {
    const [name] = node.children[i].children;
    write(name, `Kept: ${short}`);
    name.title = whole;
  });
}

function paintNumbers(node, told) {
  if (node.children.length !== told.length)
    node.replaceChildren(...told.map(() => create("div", {}, create("dt", {}, " "), create("dd", {}, " "), create("small", {}, ""))));
  told.forEach(({ label, text, kept }, i) => {
    const [term, value, below] = node.children[i].children;
    write(term, label);
    write(value, text);
    value.classList.toggle("awsnb-word", !/\d/.test(text));
    const news = kept.map((other, rank) => [other, rank + 1]).filter(([other]) => other !== text);
    if (below.textContent !== news.map(([other]) => `${other} kept`).join(""))
      below.replaceChildren(...news.map(([other, rank]) => create("span", { className: `awsnb-kept${rank}` }, `${other} kept`)));
  });
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
