// What a scene looks like at one moment, on a canvas: vessels, rings, ways, and dots on them.
import { short } from "./text.js";

const EYE = 95; // pixels a second that a dot moves, whatever the run's pace
const DENSE = 0.085; // dots a pixel on a full way
const RING = 21;
const LINE = 14; // pixels of a line below a ring
const TIGHT = 84; // pixels up to which a bar has no room for its name and its amount in one line
const TONES = { ok: "edge", bad: "bad", out: "muted", wait: "kept1", off: "edge" };
const COLORS = ["bg", "panel", "edge", "ink", "muted", "accent", "soft", "bad", "bad-soft", "good", "kept1"];
const WIDTHS = { ring: 104, tank: 120, bars: 200, tiles: 250, group: 250 };
const MOST_TILES = 36; // of a group; of more members, a tile stands for several
const LEGEND = 22; // pixels below a group's tiles

// draws, and returns what the next picture goes on from: the layout, the colours, the dots
export function draw(canvas, { told, value, state, seconds, before, height }) {
  const stage = before ?? prepared(canvas, told, height);
  const { pen, ways } = stage;
  pen.clearRect(0, 0, stage.width, height);
  for (const way of ways) {
    const rate = value(way.flow.rate);
    const share = Math.max(0, Math.min(1, rate / (way.flow.full || 1)));
    const density = share > 0 ? Math.max(0.06, share) * DENSE : 0;
    if (seconds) move(way, density, seconds);
    else way.dots = spread(way.length, density);
    drawWay(stage, way, rate, share);
  }
  for (const place of told.places)
    drawPlace(stage, place, {
      level: value(place.level), count: value(place.count), state: state(place),
      members: place.members.map((one) => ({ ...one, count: value(one.count), level: value(one.level) })),
    });
  return stage;
}

function prepared(canvas, told, height) {
  const width = canvas.parentElement.clientWidth;
  const ratio = globalThis.devicePixelRatio || 1;
  canvas.width = Math.round(width * ratio);
  canvas.height = Math.round(height * ratio);
  canvas.style.height = `${height}px`;
  const pen = canvas.getContext("2d");
  pen.setTransform(ratio, 0, 0, ratio, 0, 0);
  const boxes = laidOut(told, width, height);
  const ways = told.flows.map((flow) => ({ flow, ...wayOf(flow, boxes, height), dots: [], due: 0 }));
  return { pen, width, height, boxes, ways, colors: colorsOf(canvas), font: getComputedStyle(canvas).fontFamily };
}

function colorsOf(canvas) {
  const probe = document.createElement("span");
  canvas.parentElement.append(probe);
  const found = COLORS.map((name) => {
    probe.style.color = `var(--${name})`;
    return [name, getComputedStyle(probe).color];
  });
  probe.remove();
  return Object.fromEntries(found);
}

// --- layout: columns from left to right, the places of one below each other

function laidOut(told, width, height) {
  const columns = [...new Set(told.places.map(({ column }) => column))].sort((a, b) => a - b);
  const members = columns.map((column) => told.places.filter((place) => place.column === column));
  const kinds = members.map(kindOf);
  const slim = width < 122 * columns.length;
  const wanted = kinds.map((kind) => WIDTHS[kind] * (slim ? 0.7 : 1));
  const room = width - 32 - 8 * (columns.length - 1);
  const share = Math.min(1, room / wanted.reduce((a, b) => a + b, 0));
  const wide = wanted.map((one) => one * share);
  const gap = Math.max(8, (width - 32 - wide.reduce((a, b) => a + b, 0)) / Math.max(1, columns.length - 1));
  const area = { top: kinds.some((kind) => kind === "tank" || kind === "group") ? 20 : 12, bottom: height - (told.flows.some(({ back }) => back) ? 36 : 12) };
  const boxes = {};
  let x = 16;
  members.forEach((places, i) => {
    Object.assign(boxes, column(places, kinds[i], { x, width: wide[i], room: wide[i] + gap - 4, ...area }));
    x += wide[i] + gap;
  });
  return boxes;
}

const kindOf = (places) => {
  if (places.some(({ members }) => members.length)) return "group";
  if (places.every(({ level }) => level === null)) return "ring";
  return places.length === 1 ? "tank" : places.length < 9 ? "bars" : "tiles";
};

function column(places, kind, { x, width, room, top, bottom }) {
  const count = places.length;
  const across = kind === "tiles" ? Math.ceil(count / Math.max(2, Math.floor((bottom - top) / 46))) : 1;
  const down = Math.ceil(count / across);
  const most = { ring: 76, tank: bottom - top, bars: 44, tiles: 48, group: bottom - top }[kind];
  const apart = kind === "group" ? 28 : 6; // a group's name stands above it, its legend below
  const height = Math.min(most, (bottom - top - (down - 1) * apart) / down);
  const gap = down > 1 ? Math.min((bottom - top - down * height) / (down - 1), 60) : 0;
  const start = (top + bottom - down * height - (down - 1) * gap) / 2;
  const one = (width - (across - 1) * 5) / across;
  return Object.fromEntries(places.map(({ name }, i) => [name, {
    kind, width: one, height, room,
    below: down > 1 ? height + gap : bottom - start,
    x: x + (i % across) * (one + 5),
    y: start + Math.floor(i / across) * (height + gap),
  }]));
}

function wayOf({ from: source, to: target, back }, boxes, height) {
  const [from, to] = [boxes[source], boxes[target]];
  const points = back ? backWay(from, to, height) : groupBetween(from, to, boxes) ? lowWay(from, to, height) : plainWay(from, to);
  return { points, ...measuredWay(points) };
}

function backWay(from, to, height) {
  const floor = height - 14;
  return [[from.x + from.width / 2, from.y + from.height], [from.x + from.width / 2, floor],
    [to.x + to.width / 2, floor], [to.x + to.width / 2, to.y + to.height]];
}

// from the side that faces the other place
const plainWay = (from, to) => from.x <= to.x
  ? curve([right(from) + 3, middle(from)], [left(to) - 4, middle(to)])
  : curve([left(from) - 3, middle(from)], [right(to) + 4, middle(to)]);

// tiles are no ground to cross, since those not there can be looked through
const groupBetween = (from, to, boxes) =>
  from.kind !== "group" && Object.values(boxes).some(({ kind, x }) => kind === "group" && from.x < x && x < to.x);

function lowWay(from, to, height) {
  const [floor, end] = [height - 5, to.x + to.width / 2];
  const down = curve([right(from) + 3, middle(from)], [from.x + from.width + 8, floor]);
  return [...down, [end, floor], [end, to.y + to.height + 1]];
}

function curve(start, end) {
  const half = (start[0] + end[0]) / 2;
  return Array.from({ length: 25 }, (_, i) => bend(start, end, half, i / 24));
}

const right = (box) => (box.kind === "ring" ? box.x + box.width / 2 + RING + 3 : box.x + box.width);
const left = (box) => (box.kind === "ring" ? box.x + box.width / 2 - RING - 3 : box.x);
const middle = (box) => (box.kind === "ring" ? box.y + RING + 3 : box.y + box.height / 2);

function bend([ax, ay], [bx, by], half, s) {
  const u = 1 - s;
  const [p, q, r, t] = [u * u * u, 3 * u * u * s, 3 * u * s * s, s * s * s];
  return [p * ax + (q + r) * half + t * bx, (p + q) * ay + (r + t) * by];
}

function measuredWay(points) {
  const reached = [0];
  for (let i = 1; i < points.length; i++)
    reached.push(reached[i - 1] + Math.hypot(points[i][0] - points[i - 1][0], points[i][1] - points[i - 1][1]));
  return { reached, length: reached.at(-1) };
}

function pointAt({ points, reached }, distance) {
  let i = 1;
  while (i < reached.length - 1 && reached[i] < distance) i++;
  const share = (distance - reached[i - 1]) / (reached[i] - reached[i - 1] || 1);
  const [[ax, ay], [bx, by]] = [points[i - 1], points[i]];
  return [ax + (bx - ax) * share, ay + (by - ay) * share];
}

// --- dots

const spread = (length, density) =>
  density ? Array.from({ length: Math.floor(length * density) }, (_, i) => (i + 0.5) / density) : [];

function move(way, density, seconds) {
  way.dots = way.dots.map((at) => at + EYE * seconds).filter((at) => at < way.length);
  way.due += density * EYE * seconds;
  for (; way.due >= 1; way.due--) way.dots.push(((way.due - 1) / (density * EYE || 1)) * EYE);
}

function drawWay({ pen, colors }, way, rate, share) {
  const color = colors[way.flow.tone || "muted"];
  pen.strokeStyle = pen.fillStyle = color;
  pen.globalAlpha = share > 0 ? 0.42 : 0.25;
  pen.lineWidth = 1 + 2.6 * share;
  pen.beginPath();
  for (const [x, y] of way.points) pen.lineTo(x, y);
  pen.stroke();
  pen.globalAlpha = 1;
  if (share > 0) arrow(pen, pointAt(way, way.length - 7), way.points.at(-1));
  for (const at of way.dots) {
    const [x, y] = pointAt(way, at);
    pen.beginPath();
    if (way.flow.tone === "bad") pen.rect(x - 2.3, y - 2.3, 4.6, 4.6);
    else pen.arc(x, y, 2.4, 0, 7);
    pen.fill();
  }
  if (way.flow.label) label(pen, colors, `${way.flow.label} ${short(rate)}`, pointAt(way, way.length / 2));
}

function arrow(pen, [fx, fy], [x, y]) {
  pen.save();
  pen.translate(x, y);
  pen.rotate(Math.atan2(y - fy, x - fx));
  pen.beginPath();
  pen.moveTo(3, 0);
  pen.lineTo(-4, -4);
  pen.lineTo(-4, 4);
  pen.fill();
  pen.restore();
}

function label(pen, colors, text, [x, y]) {
  pen.font = "12px system-ui, sans-serif";
  const width = pen.measureText(text).width + 10;
  pen.fillStyle = colors.bg;
  pen.fillRect(x - width / 2, y - 8, width, 16);
  pen.fillStyle = colors.ink;
  pen.textAlign = "center";
  pen.fillText(text, x, y + 4);
}

// --- places

function drawPlace(stage, place, now) {
  const box = stage.boxes[place.name];
  if (box.kind === "ring") drawRing(stage, box, place, now);
  else if (box.kind === "group") drawGroup(stage, box, place, now);
  else drawVessel(stage, box, place, now);
}

function write({ pen, colors, font }, text, x, y, { color = "ink", size = 12, weight = 400, align = "left" } = {}) {
  pen.font = `${weight} ${size}px ${font}`;
  pen.fillStyle = colors[color];
  pen.textAlign = align;
  pen.fillText(text, x, y);
  return pen.measureText(text).width;
}

function drawRing(stage, box, place, { count }) {
  const { pen, colors } = stage;
  const [x, y] = [box.x + box.width / 2, box.y + RING + 3];
  pen.beginPath();
  pen.arc(x, y, RING, 0, 7);
  pen.fillStyle = colors[place.tone === "bad" ? "bad-soft" : place.tone ? "soft" : "panel"];
  pen.fill();
  pen.lineWidth = 1.5;
  pen.strokeStyle = colors[place.tone || "edge"];
  pen.stroke();
  const text = count === null ? "" : compact(count);
  write(stage, text, x, y + 4, { weight: 600, size: text.length > 5 ? 11 : 12, align: "center" });
  const room = Math.min(box.room, 2 * x - 8, 2 * (stage.width - x) - 8);
  const names = wrapped(stage, place.name, room, { weight: 600 });
  const notes = wrapped(stage, place.note, room, { size: 11.5, color: "muted" });
  const fit = 2 * RING + 6 + LINE * (names.length + notes.length) <= box.below;
  (fit ? [...names, ...notes] : names)
    .forEach(([line, style], i) => write(stage, line, x, y + 37 + LINE * i, { ...style, align: "center" }));
}

// a text in lines that are no longer than the room, where its words allow
function wrapped({ pen, font }, text, room, style) {
  pen.font = `${style.weight ?? 400} ${style.size ?? 12}px ${font}`;
  const lines = [];
  for (const word of text.split(" ").filter(Boolean)) {
    const longer = lines.length ? `${lines.at(-1)} ${word}` : word;
    if (lines.length && pen.measureText(longer).width <= room) lines[lines.length - 1] = longer;
    else lines.push(word);
  }
  return lines.map((line) => [line, style]);
}

function cut({ pen, font }, text, room) {
  pen.font = `600 12px ${font}`;
  let kept = text;
  while (kept && pen.measureText(`${kept}…`).width > room && pen.measureText(text).width > room) kept = kept.slice(0, -1);
  return kept === text ? text : `${kept.trimEnd()}…`;
}

const compact = (value) => {
  if (value > 0 && value < 0.01) return "< 0.01";
  return value >= 9950 && value < 1e6 ? `${Math.round(value / 1000)} k` : short(value);
};

function drawVessel(stage, box, place, { level, state: [, tone, word] }) {
  const over = vessel(stage, box, place.capacity, level, tone);
  const amount = `${short(place.whole ? Math.round(level) : level)} ${place.unit}`.trim() + (over ? " ▲" : "");
  name(stage, box, place, { amount, word, tone, over });
}

// draws an outline, filled as far as the level goes; returns whether that is beyond what it can hold
function vessel(stage, box, capacity, level, tone) {
  const { pen, colors } = stage;
  const over = capacity && level > capacity * 1.001;
  const share = capacity ? Math.min(1, Math.max(0, level / capacity)) : 0;
  outline(pen, box);
  pen.fillStyle = colors[tone === "bad" ? "bad-soft" : "panel"];
  if (tone !== "off") pen.fill();
  fill(stage, box, share, over ? "bad" : "accent");
  if (tone === "bad" || tone === "out" || tone === "wait") hatch(stage, box, tone);
  outline(pen, box);
  pen.lineWidth = tone === "ok" ? 1.2 : 1.6;
  pen.strokeStyle = colors[TONES[tone]];
  pen.setLineDash(tone === "off" || tone === "out" ? [4, 3] : []);
  pen.stroke();
  pen.setLineDash([]);
  return over;
}

function drawGroup(stage, box, place, { members }) {
  const each = Math.max(1, Math.ceil(place.room / MOST_TILES));
  const ends = members.map((sum => ({ count }) => (sum += count))(0));
  write(stage, place.name, box.x + box.width / 2, box.y - 9, { weight: 600, align: "center" });
  tilesOf(box, Math.ceil(place.room / each)).forEach((tile, i) => {
    const one = members[ends.findIndex((end) => i * each < end)];
    vessel(stage, tile, place.capacity, one?.level ?? 0, one?.tone ?? "off");
  });
  const some = members.filter(({ count }) => count > 0);
  legend(stage, box, some, each > 1 ? `a tile: ${each}` : "");
}

function tilesOf({ x, y, width, height }, count) {
  const across = Math.min(count, Math.max(8, Math.ceil(count / 3)));
  const down = Math.ceil(count / across);
  const wide = Math.min(34, (width - (across - 1) * 5) / across);
  const high = Math.min(56, (height - LEGEND - (down - 1) * 6) / down);
  const left = x + (width - across * wide - (across - 1) * 5) / 2;
  const top = y + (height - LEGEND - down * high - (down - 1) * 6) / 2;
  return Array.from({ length: count }, (_, i) => ({
    kind: "tiles", width: wide, height: high,
    x: left + (i % across) * (wide + 5),
    y: top + Math.floor(i / across) * (high + 6),
  }));
}

function legend(stage, box, members, remark) {
  const { pen, font } = stage;
  pen.font = `400 11.5px ${font}`;
  const texts = members.map(({ count, word }) => `${short(count)} ${word}`);
  const widths = texts.map((text) => 16 + pen.measureText(text).width + 10);
  const all = widths.reduce((a, b) => a + b, 0) + pen.measureText(remark).width;
  let x = box.x + (box.width - all) / 2;
  const y = box.y + box.height;
  members.forEach(({ tone, level }, i) => {
    vessel(stage, { kind: "tiles", x, y: y - 10, width: 11, height: 11 }, 1, level === null ? 0 : 1, tone);
    write(stage, texts[i], x + 16, y, { size: 11.5, color: "muted" });
    x += widths[i];
  });
  write(stage, remark, x, y, { size: 11.5, color: "muted" });
}

function outline(pen, { x, y, width, height }) {
  pen.beginPath();
  pen.roundRect(x, y, width, height, Math.min(5, width / 4));
}

function fill({ pen, colors }, box, share, color) {
  pen.save();
  outline(pen, box);
  pen.clip();
  pen.fillStyle = colors[color];
  pen.globalAlpha = box.kind === "bars" ? 0.16 : 0.28;
  if (box.kind === "bars") {
    pen.fillRect(box.x, box.y, box.width * share, box.height);
    pen.globalAlpha = 0.9;
    pen.fillRect(box.x, box.y + box.height - 7, box.width * share, 7);
  } else {
    const top = box.y + box.height * (1 - share);
    pen.fillRect(box.x, top, box.width, box.height * share);
    pen.globalAlpha = 1;
    pen.fillRect(box.x, top, box.width, share > 0 ? 2 : 0);
  }
  pen.restore();
}

function hatch({ pen, colors }, box, tone) {
  pen.save();
  outline(pen, box);
  pen.clip();
  pen.strokeStyle = colors[TONES[tone]];
  pen.lineWidth = 1;
  pen.globalAlpha = 0.6;
  pen.beginPath();
  for (let i = -box.height; i < box.width + box.height; i += 7) {
    pen.moveTo(box.x + i, box.y + box.height);
    pen.lineTo(box.x + i + box.height, box.y);
  }
  pen.stroke();
  pen.restore();
}

function name(stage, box, place, { amount, word, tone, over }) {
  const middleX = box.x + box.width / 2;
  if (box.kind === "tiles") {
    if (word && box.height > 26 && box.width > 30) haloed(stage, word, middleX, box.y + box.height / 2 + 4, 11);
    return;
  }
  if (box.kind === "tank") {
    write(stage, place.name, middleX, box.y - 9, { weight: 600, align: "center" });
    stage.pen.font = `600 16px ${stage.font}`;
    const share = stage.pen.measureText(amount).width / (box.width - 8);
    const lines = wrapped(stage, amount, share > 16 / 13 ? 0.6 * box.width : Infinity, { weight: 600 });
    const top = box.y + box.height / 2 + 2 - 16 * (lines.length - 1);
    lines.forEach(([line], i) => haloed(stage, line, middleX, top + 16 * i, share > 1 ? 13 : 16, 600));
    if (word) haloed(stage, word, middleX, box.y + box.height / 2 + 20, 12);
    return;
  }
  const line = box.y + Math.min(16, box.height / 2 + 4);
  const own = !word && box.height > 32 && box.width < TIGHT; // a line of its own for the amount
  const least = own ? 0 : stage.pen.measureText(amount.replace(` ${place.unit}`, "")).width;
  const beside = haloed(stage, cut(stage, place.name, box.width - (own ? 12 : 26) - least), box.x + (own ? 6 : 9), line, 12, 600, "left") + 15;
  const fits = beside + stage.pen.measureText(amount).width + 10 < box.width;
  const text = fits ? amount : amount.replace(` ${place.unit}`, "");
  if (tone !== "out") haloed(stage, text, box.x + box.width - 9, own ? line + 15 : line, 12, 600, "right", over ? "bad" : "ink");
  const [wordX, wordY] = box.height > 32 ? [9, line + 15] : [beside, line];
  if (word) haloed(stage, word, box.x + wordX, wordY, 12, 400, "left", tone === "bad" ? "bad" : "muted");
}

function haloed(stage, text, x, y, size, weight = 400, align = "center", color = "ink") {
  const { pen, colors, font } = stage;
  pen.font = `${weight} ${size}px ${font}`;
  pen.textAlign = align;
  pen.lineJoin = "round";
  pen.lineWidth = 5;
  pen.strokeStyle = colors.bg;
  pen.globalAlpha = 0.85;
  pen.strokeText(text, x, y);
  pen.globalAlpha = 1;
  return write(stage, text, x, y, { color, size, weight, align });
}
