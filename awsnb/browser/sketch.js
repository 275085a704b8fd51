// A curve that the reader draws: with the pointer, or with the arrow keys from place to place.
import { plot } from "./plot.js";
import { create } from "./text.js";

const STEP = 1 / 25; // of the paper's height, that a key moves
const HINT = "Draw with the pointer, or with the arrow keys: up and down set the height, right goes on.";

// how far a sketch is from the model's curve on average, as a share of the paper's height
export const offBy = (drawn, truth, { high }) =>
  drawn.reduce((sum, value, i) => sum + Math.abs(value - truth[i]), 0) / drawn.length / high;

// what the model says, and a sketch on it
export function besideSketch(told, { picture: { xs, panels: [paper] } }, drawn) {
  const own = paper.lines.at(-1);
  const picture = structuredClone(told.picture);
  picture.xs.push(xs[own.x]);
  picture.panels[0].lines.push({ ...own, x: picture.xs.length - 1, slot: told.values.length });
  return { ...told, picture, values: [...told.values, drawn] };
}

// `onDraw` hears of the values so far; where nothing is drawn they are NaN
export function sketch({ picture, values, alt, high }, onDraw) {
  const [panel] = picture.panels;
  const axis = picture.axes[panel.axis];
  const own = panel.lines.at(-1);
  const last = values[own.slot].length - 1;
  const columns = values.map((column) => column.map((value) => value ?? NaN));
  const host = create("div", { className: "awsnb-explorer sketch" });
  const live = plot(host);
  const node = create("div", {}, create("p", { className: "muted" }, HINT), host);
  let at = 0;

  const xAt = (i) => axis.low + ((axis.high - axis.low) * i) / last;
  const paint = () => {
    live.show(picture, (slot) => columns[slot], alt, []);
    live.head(axis.key, xAt(at));
  };
  // from where the last value was set on, as the line between
  const put = (from, to, value) => {
    const next = [...columns[own.slot]];
    const before = Number.isFinite(next[from]) ? next[from] : value;
    const count = Math.abs(to - from);
    for (let i = 0; i <= count; i++)
      next[from + Math.sign(to - from) * i] = count ? before + ((value - before) * i) / count : value;
    columns[own.slot] = next;
    at = to;
    paint();
    onDraw(next);
  };
  const inside = (value) => Math.min(high, Math.max(0, value));
  const point = (event, from) => {
    const [place, value] = live.under(event);
    const across = (place - axis.low) / (axis.high - axis.low);
    const to = Math.min(last, Math.max(0, Math.round(across * last)));
    put(from ?? to, to, inside(value));
  };
  let closed = false;
  const listen = (kind, react) => host.addEventListener(kind, (event) => !closed && react(event), true);
  listen("pointerdown", (event) => {
    if (!event.target.closest(".awsnb-area")) return;
    event.stopPropagation(); // it is no playhead
    event.preventDefault();
    host.setPointerCapture(event.pointerId);
    point(event);
    host.querySelector(".awsnb-head").focus({ preventScroll: true });
  });
  listen("pointermove", (event) => {
    event.stopPropagation();
    if (event.buttons && host.hasPointerCapture(event.pointerId)) point(event, at);
  });
  listen("keydown", (event) => {
    const [along, up] = { ArrowUp: [0, 1], ArrowDown: [0, -1], PageUp: [0, 5], PageDown: [0, -5], ArrowRight: [1, 0], ArrowLeft: [-1, 0] }[event.key] ?? [];
    if (along === undefined) return;
    event.stopPropagation();
    event.preventDefault();
    const to = Math.min(last, Math.max(0, at + along));
    const there = columns[own.slot][to];
    const before = columns[own.slot][at];
    const begun = [there, before].find(Number.isFinite) ?? 0;
    put(at, to, inside(begun + up * STEP * high));
  });
  paint();
  return {
    node,
    dispose() {
      closed = true;
      live.dispose();
    },
  };
}
