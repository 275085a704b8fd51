// The moving picture of a run: places, and what flows between them. It knows no section. Its playhead
// is the time axis of the plots; the caption says what is to be seen, for every reader.
import { draw } from "./stage.js";
import { said } from "./plot.js";
import { create, measured, textWidth } from "./text.js";

const HEIGHT = 180;
const LOW = 174; // where the plots below have little room too: two rings still have their notes
const NARROW = 760; // pixels
const OF_GROUPS = 66; // each of the groups below each other: name, tiles and legend
const THEMED_MS = [0, 150, 800]; // a theme's colours may come after its name
const PACES = { slow: 90, "normal speed": 40, fast: 15 }; // seconds for the whole run
const PAUSE_MS = 1600; // from event to event, for who asks for less motion
const STILL = globalThis.matchMedia?.("(prefers-reduced-motion: reduce)");

const heightOf = ({ places }, width) => {
  const vessels = places.filter(({ level }) => level !== null);
  const below = vessels.filter(({ column }) => column === vessels[0].column).length;
  const groups = places.filter(({ members }) => members.length).length;
  const high = HEIGHT + (below < 5 ? 0 : 20); // five vessels or more below each other
  const usual = width < NARROW ? LOW : high;
  return Math.max(usual, 38 + groups * OF_GROUPS);
};

// `onTime` hears where the playhead is, and whether it is on its way; `onRest` that it stands
export function scene(root, onTime, onRest) {
  const canvas = create("canvas", { role: "img", className: "awsnb-canvas" });
  const time = create("b");
  const words = create("span");
  const caption = create("p", { className: "awsnb-caption", role: "status" }, time, words);
  const play = create("button", { type: "button", className: "awsnb-play" }, "▶");
  const range = create("input", { type: "range", min: 0, max: 1000, step: 1, ariaLabel: "Time" });
  const marks = create("div", { className: "awsnb-marks", ariaHidden: "true" });
  const track = create("div", { className: "awsnb-track" }, marks, range);
  const pace = create("select", { ariaLabel: "How fast it plays" },
    ...Object.keys(PACES).map((name) => create("option", { selected: name === "normal speed" }, name)));
  const twin = create("button", { type: "button", className: "awsnb-link", ariaExpanded: "false" }, "In words and numbers");
  const side = create("div", { className: "awsnb-beside-time" }, pace, twin);
  const bar = create("div", { className: "awsnb-bar-of-time" }, play, track, side);
  const table = create("table", { className: "awsnb-twin", hidden: true });
  root.append(create("div", { className: "awsnb-picture" }, canvas, caption), bar, table);

  let told = null;
  let columns = null;
  let key = "";
  let place = 0; // on the axis
  let playing = false;
  let dragged = false;
  let ticking = 0;
  let stage = null;
  let width = 0; // of the track: measured when it changes, since measuring makes the page lay out
  let marked = "";
  let seen = true;
  let late = false; // whether there is something to draw that was not yet

  const span = () => told.axis.high - told.axis.low;
  const moment = (of = told.moments) => {
    const moments = columns(of);
    const slack = span() / 65_000; // of how finely they are sent
    let [low, high] = [0, moments.length - 1];
    while (low < high) {
      const middle = Math.ceil((low + high) / 2);
      if (moments[middle] <= place + slack) low = middle;
      else high = middle - 1;
    }
    return low;
  };
  // moments are sent finely, not exactly: as late as they can be, so that plots read the same sample
  const momentAt = () => columns(told.moments)[moment()];
  const shown = () => Math.min(told.axis.high, momentAt() + span() / 65_000);
  const value = (slot, of) => (slot === null ? null : columns(slot).read(columns(slot)[moment(of)]));
  const since = (list) => list.findLast(([at]) => at <= place) ?? list[0];
  const paint = (seconds = null) => {
    if (!told || !width) return;
    late = false;
    const state = (one) => since(one.states) ?? [0, "ok", ""];
    stage = draw(canvas, { told, value, state, seconds, before: stage, height: heightOf(told, root.clientWidth), key });
    const at = said(told.axis, shown());
    const sentence = since(told.words)?.[1] ?? "";
    if (time.textContent !== at) time.textContent = at;
    if (words.textContent !== sentence) words.textContent = sentence;
    range.value = (1000 * (place - told.axis.low)) / span();
    range.style.setProperty("--share", `${range.value / 10}%`);
    range.setAttribute("aria-valuetext", `${at}: ${sentence}`);
  };
  const go = (to, seconds = null) => {
    place = Math.min(told.axis.high, Math.max(told.axis.low, to));
    paint(seconds);
    onTime(told, shown(), momentAt(), playing || dragged);
  };
  const stops = () => [told.axis.low, ...told.events.map(([at]) => at), told.axis.high];
  const toEvent = (forward) => {
    const slack = span() * 1e-6;
    const to = forward ? stops().find((at) => at > place + slack) : stops().findLast((at) => at < place - slack);
    if (to !== undefined) go(to);
  };
  const set = (on) => {
    if (on && place >= told.axis.high) place = told.axis.low;
    if (playing && !on) onRest();
    playing = on;
    play.textContent = on ? "❚❚" : "▶";
    play.setAttribute("aria-label", on ? "Pause" : "Play the run");
    caption.setAttribute("aria-live", on ? "off" : "polite");
    clearTimeout(ticking);
    cancelAnimationFrame(ticking);
    if (on && STILL?.matches) ticking = setTimeout(stepOn, PAUSE_MS);
    else if (on) ticking = requestAnimationFrame((now) => frame(now, now));
  };
  const stepOn = () => {
    toEvent(true);
    if (place >= told.axis.high) set(false);
    else ticking = setTimeout(stepOn, PAUSE_MS);
  };
  const frame = (now, last) => {
    if (!playing) return;
    const seconds = Math.min(0.1, (now - last) / 1000);
    go(place + (seconds * span()) / PACES[pace.value], seconds);
    if (place >= told.axis.high) set(false);
    else ticking = requestAnimationFrame((next) => frame(next, now));
  };

  play.addEventListener("click", () => set(!playing));
  range.addEventListener("input", () => {
    set(false);
    dragged = true;
    go(told.axis.low + (span() * range.value) / 1000);
  });
  range.addEventListener("change", () => {
    dragged = false;
    onRest();
  });
  bar.addEventListener("keydown", (event) => {
    if (event.target === range && event.key === " ") set(!playing);
    else if (event.target === range && event.key.startsWith("Page")) toEvent(event.key === "PageUp");
    else return;
    event.preventDefault();
  });

  const mark = () => {
    const newMarks = JSON.stringify([told.events, told.axis, width]);
    if (!width || newMarks === marked) return;
    marked = newMarks;
    let end = -Infinity;
    marks.replaceChildren(...told.events.flatMap(([at, text]) => {
      const x = 8 + (width * (at - told.axis.low)) / span();
      const size = textWidth(text, "12px system-ui, sans-serif");
      const left = Math.min(Math.max(0, x - size / 2, end + 8), width + 16 - size);
      const line = create("i", { style: `left:${x}px` });
      if (!text || left < end + 8 || left > x + size / 2) return [line];
      end = left + size;
      return [line, create("span", { style: `left:${left}px` }, text)];
    }));
  };
  const levelOf = (one) => `${measured(value(one.level), "")} ${one.unit} ${since(one.states)?.[2] ?? ""}`;
  const counted = ({ members, unit }) => members.map(({ word, count, level }) => [value(count), word, value(level)])
    .filter(([count]) => count > 0)
    .map(([count, word, level]) => `${measured(count, "")} ${word}${level === null ? "" : ` at ${measured(level, "")} ${unit}`}`)
    .join(", ");
  const list = () => {
    const vessels = told.places.filter(({ level, members }) => level !== null || members.length).slice(0, 6);
    const before = place;
    const rows = [...new Set([told.axis.low, ...told.events.map(([at]) => at), told.axis.high])].map((at) => {
      place = at;
      const levels = vessels.map((one) => (one.members.length ? counted(one) : levelOf(one)));
      return [said(told.axis, at), since(told.words)?.[1] ?? "", ...levels];
    });
    place = before;
    const line = (kind, cells) => create("tr", {}, ...cells.map((text) => create(kind, {}, text)));
    table.replaceChildren(line("th", ["time", "what happens", ...vessels.map(({ name }) => name)]),
      ...rows.slice(0, 40).map((cells) => line("td", cells)));
  };
  const begin = () => {
    const bad = told.places.flatMap(({ states }) => states.filter(([, tone]) => tone === "bad"));
    return told.at ?? bad[0]?.[0] ?? told.events[0]?.[0] ?? (told.axis.low + told.axis.high) / 2;
  };
  twin.addEventListener("click", () => {
    table.hidden = !table.hidden;
    twin.ariaExpanded = String(!table.hidden);
    if (!table.hidden) list();
  });

  const sizes = new ResizeObserver(() => {
    width = Math.max(0, track.clientWidth - 16);
    if (!told) return;
    stage = null;
    mark();
    paint();
  });
  sizes.observe(root);
  const recolor = () => {
    stage = null;
    paint();
  };
  const themes = new MutationObserver(() => THEMED_MS.forEach((ms) => setTimeout(recolor, ms)));
  for (const one of [document.body, document.documentElement])
    themes.observe(one, { attributes: true, attributeFilter: ["data-jp-theme-light", "data-theme"] });
  const sight = new IntersectionObserver(([entry]) => {
    seen = entry.isIntersecting;
    if (!seen && playing) set(false);
    else if (seen && late) paint();
  });
  sight.observe(root);
  set(false);

  return {
    // returns whether there is a picture
    show(next, columnsNow) {
      root.hidden = !next;
      columns = columnsNow;
      if (!next) {
        if (playing) set(false);
        told = null;
        return;
      }
      const first = !told || told.axis.low !== next.axis.low || told.axis.high !== next.axis.high || told.at !== next.at;
      told = next;
      const newKey = JSON.stringify([next.places.map(({ name, column }) => [name, column]), next.flows.map(({ from, to }) => [from, to])]);
      if (newKey !== key) [key, stage] = [newKey, null];
      if (canvas.ariaLabel !== next.alt) canvas.ariaLabel = next.alt;
      if (first && !(told.at !== null && momentAt() === told.at)) place = begin();
      mark();
      if (!table.hidden) list();
      late = true;
      if (seen) requestAnimationFrame(() => setTimeout(() => late && paint())); // after the plots
    },
    // goes to a place that is looked at elsewhere, and returns the moment there
    at: (axis, to) => {
      if (!told || axis.key !== told.x) return to;
      if (playing) set(false);
      place = to;
      paint();
      return shown();
    },
    place: () => (told ? [told.x, shown()] : null),
    // a long curve's value at the moment; nothing for one that can be read where it is drawn
    read: (slot) => {
      const curve = told?.curves.find((one) => one.slot === slot);
      return curve && value(curve.values, curve.moments);
    },
    dispose: () => {
      if (playing) set(false);
      for (const observer of [sizes, themes, sight]) observer.disconnect();
    },
  };
}
