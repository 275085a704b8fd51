// An exercise that is answered on a page: a number or one of several words, told as Python tells it.
import { create, digits } from "./text.js";

const DECIMAL_COMMA = /,(?!\d{3}(\D|$))/; // it parts no thousands
const numberOf = (text) => (text.trim() && !DECIMAL_COMMA.test(text) ? Number(text.replaceAll(",", "")) : NaN);

const isClose = (one, other, within) => Math.abs(one - other) <= within * Math.max(Math.abs(one), Math.abs(other));

// which way an answer is off, or "right"; null if it is no answer
function verdictOf(text, { truth, within }) {
  if (typeof truth === "string") return text.toLowerCase() === truth.toLowerCase() ? "right" : "other";
  const number = numberOf(text);
  if (!Number.isFinite(number)) return null;
  if (isClose(number, truth, within)) return "right";
  return number < truth ? "low" : "high";
}

const written = (text, { truth }) =>
  typeof truth === "string" ? text : digits(numberOf(text), 6);

export function judged(text, judgement) {
  const verdict = verdictOf(text, judgement);
  return verdict && { right: verdict === "right", text: judgement[verdict].replace("{}", () => written(text, judgement)) };
}

const listed = (choices) =>
  create("select", {}, create("option", { value: "" }, "choose…"), ...choices.map((choice) => create("option", {}, choice)));

export function render(el, asked, { before, judgement, solved }) {
  const isWord = asked.choices.length > 0;
  const field = isWord ? listed(asked.choices) : create("input", { type: "text", inputMode: "decimal", autocomplete: "off" });
  field.setAttribute("aria-label", `${asked.name}: your answer`);
  const told = create("p", { className: "told-of", ariaLive: "polite" });
  const say = (verdict) => {
    told.textContent = verdict.text;
    told.classList.toggle("yes", verdict.right);
  };
  const check = async () => {
    const wanted = { text: `${asked.name}: answer with ${asked.wanted}.`, right: false };
    const verdict = (field.value && judged(field.value, await judgement())) || wanted;
    say(verdict);
    if (verdict.right) solved(field.value);
  };
  const form = create(
    "form",
    {},
    create("b", {}, asked.name),
    field,
    ...(asked.unit ? [create("span", { className: "muted" }, asked.unit)] : []),
    create("button", { type: "submit" }, "Check"),
  );
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    check();
  });
  el.classList.add("awsnb-lesson");
  el.replaceChildren(form, told);
  if (before === undefined) return;
  field.value = before;
  check();
}
