// Elements, and numbers as a reader sees them.

export const create = (tag, properties = {}, ...children) => {
  const node = document.createElement(tag);
  for (const [name, value] of Object.entries(properties)) {
    if (name in node) node[name] = value;
    else node.setAttribute(name, value);
  }
  node.append(...children);
  return node;
};

export const svg = (tag, attributes = {}, ...children) => {
  const node = document.createElementNS("http://www.w3.org/2000/svg", tag);
  for (const [name, value] of Object.entries(attributes)) node.setAttribute(name, value);
  node.append(...children);
  return node;
};

// made once: making one takes longer than all numbers of a move
const FORMATS = Array.from({ length: 11 }, (_, count) =>
  new Intl.NumberFormat("en-US", count ? { maximumSignificantDigits: count } : {}));

export const digits = (value, count) => FORMATS[count].format(value);

const RAISED = "⁰¹²³⁴⁵⁶⁷⁸⁹";
const raised = (number) => String(number).replace("-", "⁻").replace(/\d/g, (digit) => RAISED[digit]);

// 1,234 or 1.2 M or 5 × 10⁻⁸: at most four digits
export function short(value) {
  const size = Math.abs(value);
  if (size > 0 && size < 1e-4) {
    const power = Math.floor(Math.log10(size));
    return `${digits(value / 10 ** power, 2)} × 10${raised(power)}`;
  }
  if (size >= 1e9) return `${digits(value / 1e9, 3)} G`;
  if (size >= 1e6) return `${digits(value / 1e6, 3)} M`;
  return digits(value, size >= 1000 ? 6 - (size < 1e5) * 2 : 3);
}

const UNITS = [
  [86_400_000, "d"],
  [3_600_000, "h"],
  [60_000, "min"],
  [1000, "s"],
  [1, "ms"],
];

export function duration(ms) {
  const [size, unit] = UNITS.find(([least]) => ms >= least * 0.9995) ?? [0.001, "µs"];
  return ms === 0 ? "0 ms" : `${digits(ms / size, 3)} ${unit}`;
}

export const measured = (value, unit) => {
  if (value === undefined || !Number.isFinite(value)) return "–";
  if (unit === "ms") return duration(value);
  return unit === "%" ? `${short(value)} %` : short(value);
};

const two = (number) => String(number).padStart(2, "0");
const MONTHS = "Jan Feb Mar Apr May Jun Jul Aug Sep Oct Nov Dec".split(" ");
const day = (date) => `${date.getUTCDate()} ${MONTHS[date.getUTCMonth()]}`;

// a moment as it is read between others that lie `step` ms apart
export function clock(ms, step = 60_000) {
  const date = new Date(ms);
  const hour = `${two(date.getUTCHours())}:${two(date.getUTCMinutes())}`;
  if (step < 60_000) return `${hour}:${two(date.getUTCSeconds())}`;
  if (step < 86_400_000) return ms % 86_400_000 === 0 ? day(date) : hour;
  return step < 2_000_000_000 ? day(date) : `${MONTHS[date.getUTCMonth()]} ${date.getUTCFullYear()}`;
}

export const moment = (ms) => {
  const date = new Date(ms);
  return `${day(date)}, ${two(date.getUTCHours())}:${two(date.getUTCMinutes())}`;
};

const pen = document.createElement("canvas").getContext("2d");

export function textWidth(text, font) {
  pen.font = font;
  return pen.measureText(text).width;
}
