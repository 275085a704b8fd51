// An axis in pixels: where a value lies, and the ticks beside it.
import { clock, digits, short } from "./text.js";

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;
const TIMES = [
  1000, 2000, 5000, 10_000, 15_000, 30_000,
  ...[1, 2, 5, 10, 15, 30].map((count) => count * MINUTE),
  ...[1, 2, 3, 6, 12].map((count) => count * HOUR),
  ...[1, 2, 7, 14].map((count) => count * DAY),
];
const YEARS = 10_000 * 365.25 * DAY;

export const scale = (axis, from, to) => {
  const perPixel = (to - from) / (axis.high - axis.low);
  return {
    at: (place) => from + (place - axis.low) * perPixel,
    back: (pixel) => axis.low + (pixel - from) / perPixel,
  };
};

// places and texts, `most` of them at the most
export function ticks(axis, most) {
  if (axis.type === "date") return dates(axis, most);
  if (axis.ticks?.length) return axis.ticks;
  if (axis.type === "log") return within(axis);
  return linear(axis, most);
}

function linear({ low, high, whole }, most) {
  const raw = (high - low) / most;
  const decade = 10 ** Math.floor(Math.log10(raw));
  const sizes = whole && decade <= 1 ? [1, 2, 5, 10] : [1, 2, 2.5, 5, 10];
  const least = decade * sizes.find((size) => size * decade >= raw * 0.999);
  const step = whole ? Math.max(1, least) : least; // there is no half of what is counted
  const first = Math.ceil(low / step - 1e-9);
  const count = Math.floor(high / step + 1e-9) - first + 1;
  const places = Array.from({ length: count }, (_, i) => Number(((first + i) * step).toPrecision(12)));
  const texts = places.map(short);
  const apart = new Set(texts).size === texts.length; // 360, 360.5, 361: three digits are too few
  return places.map((place, i) => [place, apart ? texts[i] : digits(place, 6)]);
}

// less than two powers of ten: 1, 2, 5
function within({ low, high }) {
  const found = [];
  for (let power = Math.floor(low); power <= high; power++)
    for (const digit of [1, 2, 5]) {
      const place = power + Math.log10(digit);
      if (place >= low - 1e-6 && place <= high + 1e-6) found.push([place, short(10 ** place)]);
    }
  return found;
}

function dates({ low, high }, most) {
  const step = TIMES.find((size) => (high - low) / size <= most);
  if (!step) return months(low, high, most);
  const found = [];
  for (let at = Math.ceil(low / step) * step; at <= high; at += step) found.push([at, clock(at, step)]);
  return found;
}

function months(low, high, most) {
  const every = [1, 2, 3, 6, 12, 24, 60].find((n) => (high - low) / (n * 30.4 * DAY) <= most) ?? 120;
  const start = new Date(low);
  const found = [];
  for (let month = 0; ; month += every) {
    const at = Date.UTC(start.getUTCFullYear(), month);
    if (at > high || month > 12_000) return found;
    if (at >= low) found.push([at, clock(at, YEARS)]);
  }
}
