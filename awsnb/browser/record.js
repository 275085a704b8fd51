// What a reader has predicted, solved and ticked, of all sections under one key of the browser. Its
// Python twin is awsnb/lessons/record.py. Where a page may remember nothing, it works without.
const KEY = "awsnb progress";
const listeners = [];

export function read() {
  try {
    const kept = JSON.parse(localStorage.getItem(KEY));
    return kept && typeof kept === "object" ? kept : {};
  } catch {
    return {};
  }
}

function write(kept) {
  try {
    localStorage.setItem(KEY, JSON.stringify(kept));
  } catch {
    // nothing is lost but the memory of it
  }
  for (const call of listeners) call();
}

export const listen = (call) => listeners.push(call);

const here = () => document.body.dataset.page;

export const answered = (kind) => read()[here()]?.[kind] ?? {};

// undefined takes an answer back
export function answer(kind, name, entry) {
  const kept = read();
  const section = (kept[here()] ??= {});
  section[kind] = { ...section[kind], [name]: entry };
  write(kept);
}

export function startOver() {
  const kept = read();
  delete kept[here()];
  write(kept);
}

export const forgetAll = () => write({});
