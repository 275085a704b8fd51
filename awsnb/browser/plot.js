// The live picture: panels of SVG, drawn from what `figures.panels` says. A panel whose axes, events
// and lines are as before gets new paths and no new element.
import * as path from "./path.js";
import { scale, ticks } from "./scale.js";
import { clock, create, duration, measured, moment, short, svg, textWidth } from "./text.js";

const FONT = "12px system-ui, sans-serif";
const RIGHT = 6; // of the last tick's label
const ROW = 15; // a line of text
const BESIDE = 620; // pixels from which on the panels stand in two columns
const LOW = 430; // and below which plots in one of them are lower
const GAP = 0.3; // of a band of bars
const VALUE = 64; // pixels for what a legend reads out
const DASH = 26; // of theory over a bar
const HATCHES = { second: "M0 6L6 0", third: "M3 3h.01", fourth: "M0 6L6 0M0 0L6 6", fifth: "M0 3H6" };

// `onHead` hears where the reader looks; `readThere` tells a line's value at that moment, if it knows it
export function plot(root, onHead, readThere = () => undefined) {
  const prefix = `awsnb-${Math.random().toString(36).slice(2)}`;
  const heads = {}; // the value that the reader looks at, by the axis' key
  let panels = [];
  let shown = null;
  let width = 0;
  const sides = [0, 1].map(() => create("div", { className: "awsnb-column" }));
  root.classList.add("awsnb-plot");
  root.append(hatches(prefix), ...sides);

  const draw = () => {
    if (!shown || !width) return;
    const { picture, columns, alt, names, named: elsewhere } = shown;
    const { panels: told, axes, xs } = picture;
    const paired = width >= BESIDE && told.length > (elsewhere ? 1 : 2);
    const each = paired ? (width - 24) / 2 : width;
    const low = paired && each < LOW;
    const left = paired ? firstColumn(told, each) : told.length;
    arrange(told.length, left);
    const gutter = gutterOf(told);
    root.parentElement.style.setProperty("--gutter", `${gutter}px`);
    root.parentElement.classList.toggle("awsnb-paired", paired);
    const beside = paired || width < 560 ? 0 : 184;
    told.forEach((panel, i) => {
      const axis = axes[panel.axis];
      const first = i === left || told[i - 1]?.axis !== panel.axis;
      const last = i + 1 === left || told[i + 1]?.axis !== panel.axis;
      const repeated = !first && String(told[i - 1].events) === String(panel.events);
      const named = repeated || axis.key === elsewhere;
      const timed = first && axis.key !== elsewhere;
      const area = { width: each - beside, gutter, height: heightOf(panel, told, elsewhere, low), first, last, named, timed };
      panels[i].show({ panel, axis, xs, columns, area, alt, names });
    });
    for (const view of panels) view.look(headOf(view.axis(), told));
  };
  const arrange = (count, left) => {
    while (panels.length > count) panels.pop().box.remove();
    while (panels.length < count) panels.push(panelView(prefix, look, readThere));
    const boxes = panels.map(({ box }) => box);
    for (const [side, own] of [[sides[0], boxes.slice(0, left)], [sides[1], boxes.slice(left)]])
      if (!same([...side.children], own)) side.replaceChildren(...own);
  };
  const headOf = (axis, told) => {
    const kept = placeOn(axis, heads[axis.key]);
    if (kept !== undefined && kept >= axis.low && kept <= axis.high) return kept;
    const event = told.find((panel) => panel.events.length && shown.picture.axes[panel.axis] === axis);
    if (event) return event.events[0][0];
    return axis.type === "category" ? 0 : standing(axis, (axis.low + axis.high) / 2);
  };
  const look = (axis, place, quiet = false) => {
    const inside = Math.min(axis.high, Math.max(axis.low, quiet ? place : standing(axis, place)));
    const value = valueOn(axis, inside);
    heads[axis.key] = quiet || !onHead ? value : onHead(axis, value);
    for (const view of panels)
      if (view.axis().key === axis.key) view.look(placeOn(view.axis(), heads[axis.key]));
  };
  const sizes = new ResizeObserver(() => {
    const now = Math.floor(root.clientWidth);
    if (now && now !== width) {
      width = now;
      requestAnimationFrame(draw);
    }
  });
  sizes.observe(root);

  return {
    // `named`: the axis whose events are named elsewhere
    show(picture, columns, alt, names, named) {
      shown = { picture, columns, alt, names, named };
      width ||= Math.floor(root.clientWidth);
      draw();
    },
    head(key, value) {
      heads[key] = value;
      const view = panels.find((one) => one.axis()?.key === key);
      if (view) look(view.axis(), placeOn(view.axis(), value), true);
    },
    under: (event) => panels[0].under(event),
    dispose: () => sizes.disconnect(),
  };
}

// a value as it is read out, to as many places as its column tells
const reading = (values, value) => values.read?.(value) ?? value;

// where a playhead may stand: between what is counted is nothing
const standing = ({ type, whole }, place) => (type === "category" || whole ? Math.round(place) : place);

// on a logarithmic axis a place is a value's logarithm
const placeOn = ({ type }, value) =>
  type === "log" && value !== undefined ? Math.log10(Math.max(value, Number.MIN_VALUE)) : value;
const valueOn = ({ type }, place) => (type === "log" ? 10 ** place : place);

function hatches(prefix) {
  const patterns = Object.entries(HATCHES).map(([style, d]) => {
    const size = { id: `${prefix}-${style}`, width: 6, height: 6, patternUnits: "userSpaceOnUse" };
    return svg("pattern", size, svg("path", { d, class: "awsnb-hatch" }));
  });
  const hidden = { width: 0, height: 0, "aria-hidden": "true", style: "position:absolute" };
  return svg("svg", hidden, svg("defs", {}, ...patterns));
}

const same = (nodes, others) => nodes.length === others.length && nodes.every((node, i) => node === others[i]);

// how high a plot is: the more of them and the narrower, the lower
function heightOf({ colors, y }, { length }, elsewhere, low) {
  if (colors) return Math.min(220, Math.max(length > 4 ? 48 : 60, (length > 4 ? 18 : 20) * y.rows.length));
  if (length > 4) return low ? 46 : 54;
  if (length > 3 || elsewhere) return low ? 60 : 80;
  return 108;
}

// how many panels stand in the first of two columns, so that these are about as high
function firstColumn(panels, width) {
  const heights = panels.map((panel, i) => {
    const named = panel.lines.reduce((sum, { label }) => sum + textWidth(label, FONT) + VALUE + 46, 0);
    const foot = panels[i + 1]?.axis === panel.axis ? 0 : 22;
    return heightOf(panel, panels, false, width < LOW) + 30 + 18 * Math.ceil(named / width) + foot;
  });
  const of = (some) => some.reduce((sum, height) => sum + height, 0);
  const higher = (count) => Math.max(of(heights.slice(0, count)), of(heights.slice(count)));
  return heights.reduce((best, _, i) => (higher(i + 1) < higher(best) ? i + 1 : best), 1);
}

function uprightTicks({ y, unit }, height) {
  if (y.rows && y.type !== "category" && y.rows.length <= 12)
    return y.rows.map((row) => [row, short(y.type === "log" ? 10 ** row : row)]);
  const found = apart(ticks(y, height < 100 ? 3 : 4), y, height);
  return unit === "ms" && y.type === "linear" ? found.map(([at]) => [at, duration(at)]) : found;
}

// as many of the ticks, equally chosen, as have room for their texts above each other
function apart(found, y, height) {
  const least = Math.min(...found.slice(1).map(([at], i) => Math.abs(at - found[i][0])));
  const every = Math.ceil((ROW - 1) / scale(y, 0, height).at(y.low + least)) || 1;
  return y.rows ? found : found.filter((_, i) => i % every === 0);
}

function gutterOf(panels) {
  const texts = panels.flatMap((panel) => uprightTicks(panel, 108).map(([, text]) => text));
  const widest = Math.max(...texts.map((text) => textWidth(text, FONT) + 12));
  return Math.min(160, Math.max(48, 16 * Math.ceil(widest / 16))); // coarse, so that it stays
}

function panelView(prefix, look, readThere) {
  const title = create("h4");
  const area = create("div", { className: "awsnb-area" });
  const legend = create("ul", { className: "awsnb-legend" });
  const box = create("section", { className: "awsnb-panel" }, title, legend, area);
  const head = create("div", { className: "awsnb-head", role: "slider" });
  let key = "";
  let xsKey = "";
  let now = null; // what is shown
  let frame = null; // its elements and scales
  let drawn = []; // the values of each line's path

  const show = (next) => {
    now = next;
    const newKey = JSON.stringify([next.panel, next.axis, next.area]);
    const newXs = JSON.stringify(next.panel.lines.map(({ x }) => next.xs[x]));
    if (newKey !== key) build();
    if (newKey !== key || newXs !== xsKey) drawn = [];
    [key, xsKey] = [newKey, newXs];
    const label = `${next.panel.title}. ${next.alt}`;
    if (frame.root.getAttribute("aria-label") !== label) frame.root.setAttribute("aria-label", label);
    name();
    drawLines();
  };
  const build = () => {
    frame = frameOf(now, prefix);
    area.replaceChildren(...(frame.canvas ? [frame.canvas] : []), frame.root, head);
    const unit = [now.panel.unit, now.panel.y.title].filter(Boolean).join(", by ");
    title.replaceChildren(now.panel.title, " ", create("span", {}, unit), frame.at);
    legend.replaceChildren(...frame.legend.map((item) => item.node));
    head.hidden = !frame.legend.some((item) => item.value);
    head.tabIndex = now.area.first ? 0 : -1;
    head.setAttribute("aria-label", `${now.panel.title}: values at`);
    head.setAttribute("aria-valuemin", now.axis.low);
    head.setAttribute("aria-valuemax", now.axis.high);
    head.style.top = `${frame.top}px`;
    head.style.height = `${now.area.height}px`;
  };
  // kept results are called by what differs, which changes while nothing else does
  const name = () => {
    for (const { line, text } of frame.legend) {
      if (!line?.rank) continue;
      const alone = now.panel.lines.filter((one) => one.rank === line.rank).length === 1;
      const { short, whole } = now.names[line.rank - 1] ?? { short: "", whole: "" };
      text.firstChild.data = alone ? short : `${line.label}, ${short}`;
      text.title = whole;
    }
  };
  const drawLines = () => {
    const { lines } = now.panel;
    const values = lines.map(({ slot }) => now.columns(slot));
    const moved = lines.map((_, i) => values[i] !== drawn[i]);
    drawn = values;
    if (!moved.some(Boolean)) return;
    const places = lines.map(({ x }) => frame.xs(x));
    const barsMoved = lines.some(({ shape }, i) => moved[i] && shape === "bars");
    if (barsMoved) drawBars(places, values);
    lines.forEach((line, i) => {
      if (moved[i] && line.shape === "heat") drawHeat(frame, now, spread(now.xs[line.x]), values[i]);
      else if (moved[i] && line.shape !== "bars") drawLine(line, frame.paths[i], places[i], values[i]);
    });
  };
  const drawLine = ({ shape, style }, paths, xs, values) => {
    const ys = frame.ys(values);
    const make = shape === "dashes" ? (x, y) => path.dashes(x, y, DASH) : path[shape];
    const d = make(xs, ys);
    paths[0].setAttribute("d", d);
    if (style === "demand") paths[1].setAttribute("d", path.filled(d, now.area.height + 2));
  };
  const drawBars = (places, values) => {
    const { lines, stacked } = now.panel;
    const side = (line) => (stacked ? line.rank : line.slot);
    const own = lines.map((line, i) => [line, i]).filter(([line]) => line.shape === "bars");
    const sides = [...new Set(own.map(([line]) => side(line)))];
    const breadth = (frame.band(places[own[0][1]]) * (1 - GAP)) / sides.length;
    const below = {};
    for (const [line, i] of own) {
      const at = sides.indexOf(side(line));
      const base = stacked ? (below[at] ?? values[i].map(() => 0)) : values[i].map(() => 0);
      const top = values[i].map((value, j) => base[j] + (Number.isFinite(value) ? value : 0));
      const tops = values[i].map((value, j) => (Number.isFinite(value) ? top[j] : NaN));
      below[at] = top;
      const shift = breadth * (at - sides.length / 2);
      const d = path.bars(places[i], frame.floor(base), frame.ys(tops), breadth - 1, shift);
      for (const node of frame.paths[i]) node.setAttribute("d", d);
    }
  };
  const lookAt = (place) => {
    frame.place = place;
    head.style.transform = `translateX(${frame.x.at(place)}px)`;
    const stands = frame.bars ? frame.bars(place) : place; // bars are read where the nearest one is
    const at = said(now.axis, stands);
    const told = [];
    for (const { line, value } of frame.legend) {
      if (!value) continue;
      const reading = measured(readThere(line.slot) ?? valueAt(line, stands), now.panel.unit);
      if (value.firstChild.data !== reading) value.firstChild.data = reading;
      told.push(`${line.label} ${reading}`);
    }
    frame.at.firstChild.data = `at ${at}`;
    head.setAttribute("aria-valuenow", place);
    head.setAttribute("aria-valuetext", `${at}: ${told.join(", ")}`);
  };
  const valueAt = (line, place) => {
    const xs = now.xs[line.x];
    const values = now.columns(line.slot);
    if (!Array.isArray(xs)) {
      const at = (place - xs.first) / xs.step;
      return reading(values, values[Math.min(xs.count - 1, Math.max(0, line.shape === "steps" ? Math.floor(at + 1e-6) : Math.round(at)))]);
    }
    let best = 0;
    for (let i = 1; i < xs.length; i++)
      if (line.shape === "steps" ? xs[i] <= place : Math.abs(xs[i] - place) < Math.abs(xs[best] - place)) best = i;
    return reading(values, values[best]);
  };

  // the place and the value where the pointer is
  const under = ({ clientX, clientY }) => {
    const { left, top } = area.getBoundingClientRect();
    return [frame.x.back(clientX - left), frame.y.back(clientY - top - frame.top)];
  };
  const point = (event) => {
    const [place] = under(event);
    look(now.axis, place);
  };
  area.addEventListener("pointerdown", (event) => {
    if (head.hidden) return;
    area.setPointerCapture(event.pointerId);
    point(event);
  });
  area.addEventListener("pointermove", (event) => event.buttons && !head.hidden && point(event));
  head.addEventListener("keydown", (event) => {
    const { low, high, type, whole } = now.axis;
    const step = type === "category" ? 1 : Math.max(whole ? 1 : 0, (high - low) / 100);
    const by = { ArrowRight: step, ArrowLeft: -step, PageUp: 10 * step, PageDown: -10 * step }[event.key];
    const to = { Home: low, End: high }[event.key] ?? (by && frame.place + by);
    if (to === undefined) return;
    event.preventDefault();
    look(now.axis, to);
  });
  return { show, look: lookAt, under, axis: () => now?.axis, box };
}

export function said(axis, place) {
  if (axis.type === "category") return axis.ticks[Math.round(place)]?.[1] ?? "";
  if (axis.type === "date") return `${axis.high - axis.low < 600_000 ? clock(place, 1) : moment(place)} UTC`;
  const finest = 10 ** Math.floor(Math.log10((axis.high - axis.low) / 1000)); // a playhead has as many places
  const near = Math.round(place / finest) * finest;
  const number = measured(axis.type === "log" ? 10 ** place : near, axis.unit);
  const amount = ["", "ms", "%"].includes(axis.unit) ? number : `${number} ${axis.unit}`;
  return axis.word ? `${axis.word} ${amount}` : amount;
}

// the axes, events and doubts of a panel, and an empty path a line
function frameOf({ panel, axis, xs, area }, prefix) {
  const { width, gutter, height, last, named } = area;
  const across = scale(axis, gutter, width - RIGHT);
  const labels = named ? { rows: 0, nodes: [] } : eventLabels(panel.events, across, width);
  const top = labels.rows * ROW + 4;
  const foot = last ? axisFoot(axis, across, width, top + height) : { height: 4, nodes: [] };
  const upright = scale(panel.y, height, 0);
  const inner = svg("svg", { x: gutter, y: top - 2, width: width - RIGHT - gutter, height: height + 4 });
  inner.setAttribute("viewBox", `${gutter} -2 ${width - RIGHT - gutter} ${height + 4}`);
  const paths = panel.lines.map((line) => (line.shape === "heat" ? [] : emptyPaths(line, panel, prefix)));
  inner.append(...doubts(panel, across, height), ...paths.flat().reverse().filter(isFill));
  inner.append(...panel.lines.flatMap((line, i) => paths[i].filter((node) => !isFill(node))));
  const total = top + height + foot.height;
  const root = svg("svg", { role: "img", width, height: total, viewBox: `0 0 ${width} ${total}` });
  root.append(...uprightAxis(panel, upright, area, top), inner);
  root.append(...eventLines(panel, across, top, height), ...labels.nodes, ...foot.nodes);
  const log = panel.y.type === "log";
  const places = {};
  const legend = panel.lines.map((line) => legendItem(line, panel)).sort((a, b) => a.line.rank - b.line.rank);
  if (panel.colors) legend.push(...colorItems(panel));
  legend.push(...doubtItems(panel));
  const at = create("span", { className: "awsnb-at", hidden: !area.timed || !legend.some((item) => item.value) }, " ");
  return {
    root,
    top,
    x: across,
    y: upright,
    paths,
    at,
    canvas: panel.colors ? heatCanvas(gutter, top, width - RIGHT - gutter, height) : null,
    legend: legend.filter((item) => item.node),
    xs: (index) => (places[index] ??= spread(xs[index]).map(across.at)),
    bars: barsOf(panel, xs),
    ys: (values) => values.map((value) => upright.at(log ? Math.log10(value) : value)),
    floor: (values) => values.map((value) => (log ? height + 4 : upright.at(value))),
    band: (middles) => {
      const gaps = middles.slice(1).map((middle, i) => Math.abs(middle - middles[i]));
      return Math.min(across.at(1) - across.at(0), ...gaps) || 40;
    },
  };
}

// where the bar stands that is nearest to a place; nothing for a panel without bars
function barsOf({ lines }, xs) {
  const bars = lines.find(({ shape }) => shape === "bars");
  if (!bars) return null;
  const stand = spread(xs[bars.x]);
  return (place) => stand.reduce((best, at) => (Math.abs(at - place) < Math.abs(best - place) ? at : best));
}

export const spread = (xs) =>
  Array.isArray(xs) ? xs : Array.from({ length: xs.count }, (_, i) => xs.first + i * xs.step);

const isFill = (node) => node.classList.contains("awsnb-fill");

// lines of the same style are told apart by their dashes
function classOf(line, panel) {
  const before = panel.lines.slice(0, panel.lines.indexOf(line)).filter(({ style }) => style === line.style);
  return before.length && line.shape !== "bars" ? `awsnb-${line.style} awsnb-again` : `awsnb-${line.style}`;
}

function emptyPaths(line, panel, prefix) {
  const { style, shape } = line;
  const kind = { bars: "awsnb-bar", dashes: "awsnb-dash" }[shape] ?? "awsnb-line";
  const main = svg("path", { class: `${kind} ${classOf(line, panel)}` });
  if (shape === "bars" && HATCHES[style])
    return [main, svg("path", { fill: `url(#${prefix}-${style})`, "aria-hidden": "true" })];
  if (style === "demand" && shape !== "bars") return [main, svg("path", { class: "awsnb-fill" })];
  return [main];
}

function uprightAxis(panel, upright, { width, gutter, height }, top) {
  return uprightTicks(panel, height).flatMap(([place, text]) => {
    const y = upright.at(place) + top;
    const cut = textWidth(text, FONT) > gutter - 10 ? `${text.slice(0, 20)}…` : text;
    const label = svg("text", { x: gutter - 8, y: y + 4, "text-anchor": "end" }, cut);
    if (cut !== text) label.append(svg("title", {}, text));
    if (panel.y.rows) return [label];
    return [svg("path", { class: "awsnb-grid", d: `M${gutter} ${y}H${width - RIGHT}` }), label];
  });
}

// ticks, and the axis' title: beside them if enough of them stay
function axisFoot(axis, across, width, y) {
  const inside = across.at(axis.high) - across.at(axis.low);
  const category = axis.type === "category";
  const found = ticks(axis, Math.max(2, Math.floor(inside / 78)));
  const room = category ? inside / found.length - 6 : Infinity;
  const lines = found.map(([, text]) => wrapped(text, room));
  const wide = lines.map((texts) => Math.max(...texts.map((text) => textWidth(text, FONT))));
  const high = Math.max(1, ...lines.map(({ length }) => length));
  const staggered = category && wide.some((one) => one > room + 2);
  const rows = staggered ? 2 * high : high;
  const written = found.map(([place], i) => {
    const [x, half] = [across.at(place), wide[i] / 2];
    const row = staggered && i % 2 ? high : 0;
    return { x, lines: lines[i], row, right: x + half, anchor: x + half > width + 16 ? "end" : "middle" };
  });
  const from = axis.title ? width - RIGHT - textWidth(axis.title, FONT) - 10 : Infinity;
  const free = written.filter(({ right }) => right < from);
  const beside = !category && free.length >= Math.min(3, written.length);
  const nodes = (beside ? free : written).map(({ x, lines: texts, row, anchor }) => {
    const spans = texts.map((text, i) => svg("tspan", { x, y: y + ROW * (row + i + 1) }, text));
    return svg("text", { "text-anchor": anchor }, ...spans);
  });
  const all = rows + (axis.title && !beside ? 1 : 0);
  if (axis.title)
    nodes.push(svg("text", { x: width - RIGHT, y: y + ROW * all, "text-anchor": "end" }, axis.title));
  return { nodes, height: ROW * all + 4 };
}

function wrapped(text, room) {
  const lines = [];
  for (const word of text.split(" ")) {
    const longer = lines.length ? `${lines.at(-1)} ${word}` : word;
    if (lines.length && textWidth(longer, FONT) <= room) lines[lines.length - 1] = longer;
    else lines.push(word);
  }
  return lines;
}

// names of events above their lines, in rows so that they don't meet; without room, none
function eventLabels(events, across, width) {
  const ends = [-Infinity, -Infinity, -Infinity];
  const nodes = [];
  let rows = 0;
  const named = events.filter(([, text]) => text).sort((a, b) => a[0] - b[0]);
  for (const [place, text] of named) {
    const x = across.at(place);
    const size = textWidth(text, FONT);
    const left = Math.max(0, x + size > width ? x - size : x);
    const row = ends.findIndex((end) => end <= left);
    if (row < 0) continue;
    nodes.push(svg("text", { x: left, y: 11 + ROW * row }, text));
    ends[row] = left + size + 10;
    rows = Math.max(rows, row + 1);
  }
  return { nodes, rows };
}

const eventLines = ({ events }, across, top, height) =>
  events.map(([place, text]) => {
    const d = `M${across.at(place)} ${top}v${height}`;
    return svg("path", { class: "awsnb-event", d }, svg("title", {}, text));
  });

const doubts = ({ doubts: told }, across, height) =>
  told.map(([from, to]) => {
    const [x, end] = [across.at(from), across.at(to)];
    return svg("rect", { class: "awsnb-doubt", x, y: 0, width: Math.max(end - x, 1), height });
  });

// what is shaded says why in the legend, where no curve crosses it
const doubtItems = ({ doubts: told }) =>
  [...new Set(told.map(([, , why]) => why))].map((why) => {
    const swatch = svg("svg", { width: 22, height: 10, "aria-hidden": "true" },
      svg("rect", { class: "awsnb-doubt", width: 22, height: 10 }));
    return { node: create("li", {}, swatch, create("span", {}, why)) };
  });

function legendItem(line, panel) {
  if (line.shape === "heat") return { line };
  const shape = line.shape === "bars" ? "M0 1H22V9H0Z" : "M0 5H22";
  const kind = line.shape === "bars" ? "awsnb-bar" : line.style === "demand" ? "awsnb-fill" : "awsnb-line";
  const d = line.style === "demand" ? "M0 1H22V9H0Z" : shape;
  const swatch = svg("svg", { width: 22, height: 10, "aria-hidden": "true" },
    svg("path", { class: `${kind} ${classOf(line, panel)}`, d }));
  const text = create("span", {}, line.label || " ");
  const value = create("b", {}, "–");
  const node = create("li", { className: line.rank ? `awsnb-kept${line.rank}` : "" }, swatch, text, value);
  return { line, node, text, value };
}

function colorItems({ colors, unit }) {
  const chip = (color) => create("i", { className: "awsnb-chip", style: `background:${color}` });
  if (colors.levels)
    return colors.levels.map((level, i) => ({
      node: create("li", {}, chip(colors.shades[i]), create("span", {}, level)),
    }));
  const said = (place) => measured(colors.type === "log" ? 10 ** place : place, unit);
  const bar = create("i", {
    className: "awsnb-scale",
    style: `background:linear-gradient(to right,${colors.shades})`,
  });
  const ends = create("span", { className: "awsnb-ends" },
    create("span", {}, said(colors.low)), create("span", {}, said(colors.high)));
  return [{ node: create("li", { className: "awsnb-colors" }, bar, ends) }];
}

function heatCanvas(left, top, width, height) {
  const ratio = globalThis.devicePixelRatio || 1;
  return create("canvas", {
    width: Math.round(width * ratio),
    height: Math.round(height * ratio),
    style: `left:${left}px;top:${top}px;width:${width}px;height:${height}px`,
    "aria-hidden": "true",
  });
}

function drawHeat(frame, { panel, area }, places, values) {
  const { colors, y } = panel;
  const pen = frame.canvas.getContext("2d");
  const ratio = frame.canvas.width / (area.width - RIGHT - area.gutter);
  const across = path.edges(places).map((place) => (frame.x.at(place) - area.gutter) * ratio);
  const down = path.edges(y.rows).map((row) => frame.y.at(row) * ratio);
  const gap = colors.levels && places.length <= 80 ? ratio : 0;
  pen.clearRect(0, 0, frame.canvas.width, frame.canvas.height);
  for (let row = 0; row < y.rows.length; row++)
    for (let column = 0; column < places.length; column++) {
      const value = values[row * places.length + column];
      if (!Number.isFinite(value)) continue;
      pen.fillStyle = colors.shades[shade(colors, value)];
      const [left, right] = [across[column], across[column + 1]];
      const [a, b] = [down[row], down[row + 1]].sort((one, other) => one - other);
      pen.fillRect(left, a, right - left - gap + (gap ? 0 : 0.5), b - a - gap + (gap ? 0 : 0.5));
    }
}

function shade({ levels, shades, type, low, high }, value) {
  if (levels) return Math.round(value);
  const place = type === "log" ? Math.log10(value) : value;
  const share = (place - low) / (high - low || 1);
  return Math.round(Math.min(1, Math.max(0, share)) * (shades.length - 1));
}
