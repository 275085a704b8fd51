// The answers that are baked into a page: the Explorer's model where there is no kernel. Its Python
// twin is awsnb/site/coding.py.
import { beside } from "./beside.js";
import { inflated } from "./inflate.js";

const FINER = 14; // 16-bit steps in one of the book's
const NO_VALUE = 65_535;

export const bytesOf = (base64) => Uint8Array.from(atob(base64), (letter) => letter.charCodeAt(0));

// texts at once, columns when they are asked for
export async function readBook(bytes) {
  const length = new DataView(bytes.buffer, bytes.byteOffset).getUint32(0, true);
  const [texts, numbers] = await Promise.all([inflated(bytes.subarray(4, 4 + length)), inflated(bytes.subarray(4 + length))]);
  const book = JSON.parse(new TextDecoder().decode(texts));
  const planes = new Uint8Array(numbers);
  const starts = [0];
  for (const count of book.lengths) starts.push(starts.at(-1) + count);
  const known = new Map();
  const fine = new Set(book.fine);
  const unpacked = (number) => {
    const count = book.lengths[number];
    const view = new DataView(new ArrayBuffer(24 + 2 * count));
    book.scales[number].forEach((value, i) => view.setFloat64(8 * i, value, true));
    const finer = fine.has(number) ? 1 : FINER;
    view.steps = (NO_VALUE - 1) / finer;
    let step = 0;
    for (let i = 0; i < count; i++) {
      const at = starts[number] + i;
      step = (step + planes[at] + 256 * planes[planes.length / 2 + at]) & 65_535;
      view.setUint16(24 + 2 * i, Math.min(step * finer, NO_VALUE), true);
    }
    return view;
  };
  return {
    ...book,
    column: (number) => known.get(number) ?? known.set(number, unpacked(number)).get(number),
  };
}

const keyOf = (view, situation, changes) =>
  JSON.stringify([view, situation, Object.entries(changes).sort(([a], [b]) => (a < b ? -1 : 1))]);

const same = (one, other) => JSON.stringify(one ?? null) === JSON.stringify(other ?? null);

function nearest(values, wanted) {
  if (values.some((value) => same(value, wanted))) return wanted;
  const number = Number(String(wanted).replaceAll(",", ""));
  const numbers = values.filter((value) => typeof value === "number");
  if (wanted === null || wanted === "" || Number.isNaN(number) || !numbers.length) return undefined;
  return numbers.reduce((best, value) => (Math.abs(value - number) < Math.abs(best - number) ? value : best));
}

// the model that the Explorer asks
export function model(book, moved = () => {}) {
  const pages = new Map(book.asked.map(([view, situation, changes], i) => [keyOf(view, situation, changes), i]));
  const listeners = {};
  const viewOf = (name) => book.form.views.find((view) => view.name === name);
  const homeOf = (view, situation) => viewOf(view).situations.find(({ name }) => name === situation).values;
  const start = book.start;
  const state = {
    form: book.form, ...start, values: homeOf(start.view, start.situation), kept: [], asked: 0, answer: {},
  };
  let before = state.values;

  const stopsOf = ({ stops, options, kind, optional, word }) =>
    kind === "bool" ? [false, true] : options.length ? options.map(([, value]) => value) : [...stops, ...(optional && word ? [null] : [])];
  const changesOf = (values, home) =>
    Object.fromEntries(Object.entries(values).filter(([name, value]) => !same(value, home[name])));

  // the closest question that is in the book, for what the reader has moved last
  const reached = (values, home) => {
    if (pages.has(keyOf(state.view, state.situation, changesOf(values, home)))) return values;
    const { fields, together, needs } = viewOf(state.view);
    const name = Object.keys(values).find((one) => !same(values[one], before[one]));
    const moving = new Set(together.includes(name) ? together : [...(needs[name] ?? []), name]);
    const close = { ...home };
    for (const field of fields.filter((one) => moving.has(one.name))) {
      const value = nearest([...stopsOf(field), home[field.name]], values[field.name]);
      if (value !== undefined) close[field.name] = value;
    }
    if (pages.has(keyOf(state.view, state.situation, changesOf(close, home)))) return close;
    return before;
  };
  const pageOf = (view, situation, values) => {
    const number = pages.get(keyOf(view, situation, changesOf(values, homeOf(view, situation))));
    if (number === undefined) return null;
    const [words, panels, scene, columns, moving] = book.answers[number];
    return { words: book.words[words], picture: book.panels[panels], scene: book.scenes[scene], columns, moving };
  };

  const answer = () => {
    const home = homeOf(state.view, state.situation);
    state.values = reached(state.values, home);
    before = state.values;
    const page = pageOf(state.view, state.situation, state.values);
    const { words } = page;
    const own = { of: state.asked, code: link(state, changesOf(state.values, home)) };
    if (words.trouble) state.answer = { ...state.answer, ...words, ...own };
    else {
      const runs = state.kept.filter(({ view }) => view === state.view);
      const others = runs.map(({ view, situation, values }) => pageOf(view, situation, values)).filter(Boolean);
      const { picture, columns, scene, moving } = beside(page, others);
      state.panels = JSON.stringify(picture);
      state.scene = JSON.stringify(scene);
      columns.forEach((number, slot) => (state[`y${slot}`] = book.column(number)));
      moving.forEach((number, slot) => (state[`s${slot}`] = book.column(number)));
      const texts = others.map(({ words: { numbers } }) => Object.fromEntries(numbers.map(({ label, text }) => [label, text])));
      const numbers = words.numbers.map((one) => ({ ...one, kept: texts.map((own) => own[one.label] ?? "–") }));
      state.answer = { ...words, ...own, numbers, alt: `${words.label}. ${words.why}`, kept: runs.map(({ values }) => values) };
    }
    for (const call of listeners["change:answer"] ?? []) call();
    moved(state);
  };
  const linked = fromLink(book);
  if (linked) {
    Object.assign(state, { view: linked.view, situation: linked.situation });
    state.values = homeOf(linked.view, linked.situation);
    answer(); // what stays beside a refusal
    state.values = { ...state.values, ...linked.changes };
  }
  answer();
  return {
    get: (name) => state[name],
    set: (name, value) => {
      if (name === "situation" || name === "view") before = null;
      state[name] = value;
    },
    save_changes: () => {
      before ??= homeOf(state.view, state.situation);
      queueMicrotask(answer); // in the same frame, when the Explorer has done its own
    },
    on: (name, call) => (listeners[name] ??= []).push(call),
    off: (name, call) => (listeners[name] = (listeners[name] ?? []).filter((one) => one !== call)),
  };
}

// a state is a link
const link = ({ view, situation }, changes) =>
  `${location.href.split("#")[0]}#${encodeURIComponent(JSON.stringify([view, situation, changes]))}`;

function fromLink(book) {
  try {
    const [view, situation, changes] = JSON.parse(decodeURIComponent(location.hash.slice(1)));
    const known = book.form.views.find(({ name }) => name === view)?.situations.some(({ name }) => name === situation);
    return known ? { view, situation, changes } : null;
  } catch {
    return null;
  }
}
