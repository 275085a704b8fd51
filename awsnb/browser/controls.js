// One field of a scenario: its label and what sets it. Each kind of field builds its elements and
// says how they show a value; what the reader does goes to `send`.
import { create, digits, textWidth } from "./text.js";

const FONT = "13.5px system-ui, sans-serif";
const BESIDE = 185; // pixels that a label and what a menu offers have beside each other

const MOST_NAME = 30; // letters of a kept run's name
const ENDLESS = /^(no |never|without)/; // what lies beyond the highest value, not below the lowest

const written = (value) =>
  typeof value === "number" ? digits(value, 10) : (value ?? "");

// a value as a reader says it
export function said(field, value, inForce) {
  if (value === null || value === undefined || value === "") {
    if (inForce !== undefined && inForce !== null) return said(field, inForce);
    return field.word || (field.optional ? "not set" : "none");
  }
  if (typeof value === "boolean") return value ? "yes" : "no";
  if (field.lines) return `${value.split("\n").length} lines`;
  return typeof value === "number" ? counted(value, field.unit) : written(value);
}

// a number with its unit: "1 instance", "2 times a month", "1 s"
const counted = (value, unit) => `${written(value)} ${value === 1 ? oneOf(unit) : unit}`.trimEnd();

const oneOf = (unit) => unit.replace(/^([a-z]{3,})s\b/, "$1").replace(/^([a-z]+)ie\b/, "$1y");

export const lower = (label) => (/^[A-Z][a-z ]/.test(label) ? label[0].toLowerCase() + label.slice(1) : label);

// what one set of values says otherwise than another: a label and a value each
function changes(fields, values, others) {
  return fields.filter(({ name }) => !same(values[name], others[name])).map((field) =>
    [lower(field.label), field.lines ? "edited" : said(field, values[field.name])]);
}

// the same in few words
export function differences(fields, values, others) {
  const changed = changes(fields, values, others).map((one) => one.join(" "));
  return [...changed.slice(0, 2), ...(changed.length > 2 ? [`${changed.length - 2} more`] : [])].join(", ");
}

// a run's name beside another: what differs, as much as fits, and the whole
export function called(fields, values, others) {
  const changed = changes(fields, values, others);
  const whole = changed.map((one) => one.join(" ")).join(", ") || "this run";
  for (let count = changed.length; count > 0; count--) {
    const more = count < changed.length ? ` +${changed.length - count}` : "";
    const short = changed.slice(0, count).map((one) => one.join(" ")).join(", ") + more;
    if (short.length <= MOST_NAME) return { short, whole };
  }
  return { short: changed.length ? cut(changed[0], changed.length - 1) : whole, whole };
}

// a label gives way to its value
function cut([label, value], others) {
  const more = others ? ` +${others}` : "";
  const room = MOST_NAME - more.length;
  const told = value.length > room - 8 ? `${value.slice(0, room - 9)}…` : value;
  return `${label.slice(0, room - told.length - 2)}… ${told}${more}`;
}

export const same = (one, other) => JSON.stringify(one ?? null) === JSON.stringify(other ?? null);

const nearest = (stops, value) =>
  stops.reduce((best, stop, i) => {
    return Math.abs(stop - value) < Math.abs(stops[best] - value) ? i : best;
  }, 0);

function number(field, id, send) {
  const { label, word } = field;
  const above = ENDLESS.test(word);
  const stops = word ? (above ? [...field.stops, null] : [null, ...field.stops]) : field.stops;
  const box = create("input", { type: "text", inputMode: "decimal", id });
  const slider = create("input", { type: "range", min: 0, max: stops.length - 1, value: 0 });
  const place = (value) => {
    if (value === null || value === undefined) return Math.max(0, stops.indexOf(null));
    const shift = word && !above ? 1 : 0;
    return nearest(field.stops, value) + shift;
  };
  const show = (value, inForce) => {
    const known = value ?? inForce ?? null;
    if (document.activeElement !== box || !box.matches(":focus")) box.value = said(field, value, inForce);
    if (!field.stops.length) return;
    if (Number(slider.value) !== place(known)) slider.value = place(known);
    slider.style.setProperty("--share", `${(100 * slider.value) / (stops.length - 1)}%`);
    slider.setAttribute("aria-valuetext", typeof known === "number" ? counted(known, field.unit) : box.value);
  };
  slider.setAttribute("aria-label", label);
  slider.addEventListener("input", () => {
    const value = stops[slider.value];
    show(value, undefined);
    send(value, true);
  });
  slider.addEventListener("change", () => send(stops[slider.value]));
  box.addEventListener("focus", () => box.select());
  box.addEventListener("change", () => {
    const text = box.value.trim();
    const unit = [field.unit, oneOf(field.unit)].find((one) => one && text.endsWith(one)) ?? "";
    const bare = text.slice(0, text.length - unit.length).trim();
    box.blur();
    send(bare === word ? null : bare);
  });
  // the values one stop away, while the slider is in hand
  const neighbours = () =>
    slider.matches(":focus") ? [-1, 1].map((by) => stops[Number(slider.value) + by]).filter((stop) => stop !== undefined) : [];
  return { nodes: field.stops.length ? [box, slider] : [box], show, neighbours };
}

function choice({ options }, id, send) {
  const menu = create("select", { id }, ...options.map(([text]) => create("option", {}, text)));
  menu.addEventListener("change", () => send(options[menu.selectedIndex][1]));
  const show = (value) => {
    menu.selectedIndex = options.findIndex((option) => option[1] === (value ?? null));
  };
  return { nodes: [menu], show };
}

function bool(_, id, send) {
  const box = create("input", { type: "checkbox", id });
  box.addEventListener("change", () => send(box.checked));
  return { nodes: [box], show: (value) => (box.checked = value) };
}

function text(field, id, send) {
  if (field.lines) return manyLines(field.lines, id, send);
  const menu = create("select", { hidden: true, ariaLabel: field.label });
  const box = create("input", { type: "text", id });
  let offered = [];
  let value = "";
  box.addEventListener("change", () => send(box.value || (field.optional ? null : "")));
  menu.addEventListener("change", () => {
    const chosen = offered[menu.selectedIndex];
    box.hidden = chosen !== undefined;
    if (chosen !== undefined) send(chosen);
    else box.focus();
  });
  // a menu of what is offered; the box shows for anything else
  const offer = (texts) => {
    if (same(texts, offered)) return;
    offered = texts;
    menu.replaceChildren(...[...texts, "another…"].map((name) => create("option", {}, name || "none")));
    menu.hidden = !texts.length;
    show(value);
  };
  const show = (now) => {
    value = now;
    box.value = written(value);
    const place = offered.indexOf(value);
    menu.selectedIndex = place < 0 ? offered.length : place;
    box.hidden = place >= 0;
  };
  return { nodes: [menu, box], show, offer };
}

// a text box above a copy of its text: the copy gives the height, and carries the mark of a problem
function manyLines(lines, id, send) {
  const area = create("textarea", { id, spellcheck: false });
  const copy = create("pre", { ariaHidden: "true" });
  const paper = create("div", { className: "awsnb-paper" }, copy, area);
  paper.style.setProperty("--awsnb-lines", lines);
  area.addEventListener("input", () => send(area.value, true));
  area.addEventListener("change", () => send(area.value));
  const show = (value, _, place) => {
    if (area.value !== written(value)) area.value = written(value);
    copy.replaceChildren(...marked(area.value, place));
  };
  return { nodes: [paper], show };
}

// all of a line in a mark, and its column in bold if that is known
function marked(words, [line, column]) {
  const lines = words.split("\n");
  if (!line || line > lines.length) return [`${words}\n`];
  const wrong = lines[line - 1];
  const at = column ? column - 1 : wrong.length;
  const letter = create("b", {}, column ? wrong.slice(at, at + 1) || " " : "");
  const mark = create("mark", {}, wrong.slice(0, at), letter, wrong.slice(at + 1));
  const ended = lines.map((one) => `${one}\n`);
  return [...ended.slice(0, line - 1), mark, "\n", ...ended.slice(line)];
}

const KINDS = { int: number, float: number, bool, choice, text, path: text };

// whether a menu needs a line of its own for its longest text
function isWide({ kind, label, options }) {
  if (kind !== "choice") return false;
  const longest = Math.max(...options.map(([text]) => textWidth(text, FONT)));
  return longest + Math.min(96, textWidth(label, FONT)) > BESIDE;
}

export function control(field, send, back) {
  // not counted: each Explorer has a copy of this module to itself
  const id = `awsnb-${Math.random().toString(36).slice(2)}`;
  const { nodes, show, offer, neighbours = () => [] } = KINDS[field.kind](field, id, send);
  const label = create("label", { htmlFor: id, title: field.meaning }, field.label);
  const was = create("button", { type: "button", className: "awsnb-was", title: "Put it back" });
  const problem = create("p", { className: "awsnb-problem", role: "alert", id: `${id}-problem`, hidden: true });
  const kind = field.lines ? "awsnb-many-lines" : `awsnb-${field.kind}`;
  const node = create("div", { className: `awsnb-control ${kind} awsnb-field-${field.name}` });
  node.classList.toggle("awsnb-own-line", isWide(field));
  node.append(label, was, ...nodes, problem);
  was.addEventListener("click", back);
  const inputs = nodes.flatMap((one) => (one.matches("input, select") ? [one] : [...one.querySelectorAll("textarea")]));
  for (const input of inputs) {
    input.title = field.meaning;
    input.setAttribute("aria-describedby", problem.id);
  }

  const update = ({ value, inForce, home, homeInForce, hidden, trouble, place, offers }) => {
    if (offers) offer?.(offers);
    node.classList.toggle("awsnb-offers", Boolean(offers?.length));
    show(value, inForce, place ?? []);
    const moved = !same(value, home);
    node.classList.toggle("awsnb-moved", moved);
    was.hidden = !moved;
    const before = field.lines ? "put back" : `was ${said(field, home, homeInForce)}`;
    if (was.textContent !== before) was.textContent = before;
    if (problem.textContent !== (trouble?.text ?? "")) problem.textContent = trouble?.text ?? "";
    problem.hidden = !trouble;
    node.hidden = hidden;
    node.classList.toggle("awsnb-wrong", Boolean(trouble?.own));
    for (const input of inputs) input.setAttribute("aria-invalid", Boolean(trouble?.own));
  };
  return { node, update, field, neighbours };
}
