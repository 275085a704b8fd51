// One field of a scenario: its label and what sets it. Each kind of field builds its elements and
// says how they show a value; what the reader does goes to `send`.
const create = (tag, properties = {}, ...children) => {
  const node = Object.assign(document.createElement(tag), properties);
  node.append(...children);
  return node;
};

const written = (value) =>
  typeof value === "number"
    ? value.toLocaleString("en-US", { maximumSignificantDigits: 10 })
    : (value ?? "");

const nearest = (stops, value) =>
  stops.reduce((best, stop, i) => {
    return Math.abs(stop - value) < Math.abs(stops[best] - value) ? i : best;
  }, 0);

function number({ label, unit, stops }, id, send) {
  const box = create("input", { type: "text", inputMode: "decimal", placeholder: "default", id });
  const slider = create("input", { type: "range", min: 0, max: stops.length - 1, value: 0 });
  const show = (value) => {
    box.value = written(value);
    if (typeof value === "number") slider.value = nearest(stops, value);
    slider.classList.toggle("awsnb-unset", value === null);
    slider.setAttribute("aria-valuetext", `${box.value || "default"} ${unit}`.trim());
  };
  const slide = () => {
    show(stops[slider.value]);
    send(stops[slider.value]);
  };
  slider.setAttribute("aria-label", label);
  box.addEventListener("change", () => send(box.value));
  slider.addEventListener("input", slide);
  return { nodes: stops.length ? [box, slider] : [box], show };
}

function choice({ options }, id, send) {
  const menu = create("select", { id }, ...options.map(([text]) => create("option", {}, text)));
  menu.addEventListener("change", () => send(options[menu.selectedIndex][1]));
  const show = (value) => {
    menu.selectedIndex = options.findIndex((option) => option[1] === value);
  };
  return { nodes: [menu], show };
}

function bool(_, id, send) {
  const box = create("input", { type: "checkbox", id });
  box.addEventListener("change", () => send(box.checked));
  return { nodes: [box], show: (value) => (box.checked = value) };
}

function text({ label, lines, optional }, id, send) {
  if (lines) return manyLines(lines, id, send);
  const menu = create("select", { hidden: true });
  const box = create("input", { type: "text", id });
  let offered = [];
  let value = "";
  box.addEventListener("change", () => send(box.value || (optional ? null : "")));
  menu.addEventListener("change", () => {
    const chosen = offered[menu.selectedIndex];
    box.hidden = chosen !== undefined;
    if (chosen !== undefined) send(chosen);
    else box.focus();
  });
  // a menu of what is offered; the box shows for anything else
  const offer = (texts) => {
    offered = texts;
    const options = [...texts, "another…"].map((name) => create("option", {}, name));
    menu.replaceChildren(...options);
    menu.hidden = !texts.length;
    menu.setAttribute("aria-label", label);
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
  area.addEventListener("input", () => send(area.value));
  const show = (value, place) => {
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

const KINDS = { int: number, float: number, bool, choice, text };

function render({ model, el }) {
  const field = model.get("field");
  // not counted: each widget has a copy of this module to itself
  const id = `awsnb-${Math.random().toString(36).slice(2)}`;
  const send = (value) => {
    model.set("value", value);
    model.save_changes();
  };
  const { nodes, show, offer } = KINDS[field.kind](field, id, send);
  const name = field.unit ? `${field.label} (${field.unit})` : field.label;
  const label = create("label", { htmlFor: id, title: field.meaning }, name);
  const problem = create("p", { className: "awsnb-problem", role: "alert", id: `${id}-problem` });
  el.classList.add("awsnb-control", `awsnb-${field.kind}`, `awsnb-field-${field.name}`);
  if (field.lines) el.classList.add("awsnb-wide", "awsnb-many-lines");
  el.append(label, ...nodes, problem);
  const inputs = el.querySelectorAll("input, select, textarea");
  for (const input of inputs) {
    input.title = field.meaning;
    input.setAttribute("aria-describedby", problem.id);
  }

  const showValue = () => show(model.get("value"), model.get("place"));
  const showState = () => {
    problem.textContent = model.get("problem");
    problem.hidden = !model.get("problem");
    el.classList.toggle("awsnb-hidden", !model.get("shown"));
    el.classList.toggle("awsnb-wrong", model.get("wrong"));
    for (const input of inputs) input.setAttribute("aria-invalid", model.get("wrong"));
  };
  // JupyterLab would move between cells at an arrow, and run one at Shift+Enter
  el.addEventListener("keydown", (event) => {
    if (!event.ctrlKey && !event.metaKey) event.stopPropagation();
  });
  const showOffer = () => {
    offer?.(model.get("suggestions"));
    el.classList.toggle("awsnb-offers", model.get("suggestions").length > 0);
  };
  showOffer();
  showValue();
  showState();
  model.on("change:suggestions", showOffer);
  model.on("change:value change:place", showValue);
  model.on("change:shown change:wrong change:problem", showState);
  return () => {
    model.off("change:suggestions", showOffer);
    model.off("change:value change:place", showValue);
    model.off("change:shown change:wrong change:problem", showState);
  };
}

export default { render };
