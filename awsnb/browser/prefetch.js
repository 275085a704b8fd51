// Answers that the page has: the last ones, and those of the slider in hand one stop further, which
// are fetched while the reader looks. A move to one of them is painted in the frame of the move.
// The kernel answers it too, and sends its pictures only if they are others.
import { managed } from "./alive.js";
import { inflated } from "./inflate.js";

const QUIET_MS = 25; // without a move, until more is fetched
const MOST = 32; // answers

// an answer's words, which are JSON of so many bytes, and the columns behind them
function told(bytes, words, columns) {
  const state = JSON.parse(new TextDecoder().decode(bytes.slice(0, words)));
  let at = words;
  for (const [name, size] of columns) {
    state[name] = new DataView(bytes.slice(at, at + size));
    at += size;
  }
  return state;
}

// `neighbours` lists the moves of one stop; `late` paints an answer whose pictures came after it
export function prefetching(model, neighbours, late) {
  const known = new Map(); // answers by question, the latest last
  const awaited = new Map(); // questions on their way, and the answer that each is told beside
  let live = null;
  let timer = 0;
  let painted = 0; // the last question that was answered from here
  let lacking = false; // the answer's pictures: another page had them
  managed(model).then((found) => (live = found));

  const keyOf = (moved = {}) =>
    JSON.stringify([model.get("view"), model.get("situation"), { ...model.get("values"), ...moved }, model.get("kept")]);
  const remember = (key, state) => {
    known.delete(key);
    known.set(key, state);
    if (known.size > MOST) known.delete(known.keys().next().value);
  };
  const present = () => {
    const names = ["answer", "panels", "scene", "drawn"];
    for (const letter of ["y", "s"]) for (let i = 0; model.get(`${letter}${i}`); i++) names.push(`${letter}${i}`);
    return Object.fromEntries(names.map((name) => [name, model.get(name)]));
  };
  const isSettled = () => model.get("answer").of >= model.get("asked");
  const paint = ({ answer, ...pictures }) => {
    painted = model.get("asked");
    live.set_state({ ...pictures, answer: { ...answer, of: painted } });
  };
  const take = async ({ prefetched, base, words, columns }, [packed]) => {
    const before = awaited.get(prefetched);
    const news = before?.drawn === base && told(await inflated(packed), words, columns);
    awaited.delete(prefetched);
    if (!news) return;
    const answer = { ...before, ...news };
    remember(prefetched, answer);
    if (!isSettled() && prefetched === keyOf()) paint(answer);
  };
  const fetch = () => {
    if (!live || live.comm_live === false || !isSettled()) return;
    const base = present();
    if (!base.answer.trouble) remember(keyOf(), base);
    for (const moved of neighbours()) {
      const key = keyOf(moved);
      if (known.has(key) || awaited.has(key)) continue;
      awaited.set(key, base);
      model.send({ ask: "prefetch", question: key, moved });
    }
  };
  model.on("msg:custom", (message, buffers) => message.prefetched && take(message, buffers));
  model.on("change:drawn", () => lacking && late());
  return {
    soon() {
      clearTimeout(timer);
      timer = setTimeout(fetch, QUIET_MS);
    },
    // sends a question, and paints its answer if that is known
    ask(send) {
      clearTimeout(timer);
      const answer = live && known.get(keyOf());
      model.set("shown", answer ? answer.drawn : 0);
      send();
      if (answer) paint(answer);
    },
    // whether what the kernel told is as new as what is painted, with its pictures
    isWhole() {
      const { of, drawn } = model.get("answer");
      const lacks = drawn !== model.get("drawn");
      if (lacks && !lacking) model.send({ ask: "pictures" });
      lacking = lacks;
      return of >= painted && !lacks;
    },
  };
}
