// A card that asks for a prediction. The answer is not in the page until the reader has committed.
import { onAlive } from "./alive.js";
import { keepKeys } from "./keys.js";
import { plot } from "./plot.js";
import { besideSketch, offBy, sketch } from "./sketch.js";

const LETTERS = "ABCDE";
const UNANSWERED = { choice: "Choose an answer.", number: "Move the slider.", sketch: "Draw your curve." };

function make(tag, attributes = {}, ...children) {
  const node = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (name.startsWith("on")) node.addEventListener(name.slice(2), value);
    else if (name in node && name !== "style") node[name] = value;
    else node.setAttribute(name, value);
  }
  node.append(...children.filter((child) => child !== null));
  return node;
}

export function render({ model, el }) {
  el.classList.add("awsnb-lesson");
  keepKeys(el);
  const asked = model.get("asked");
  const { paper } = asked;
  const name = `awsnb-${Math.random().toString(36).slice(2)}`;
  let guess = null;
  let sure = null;

  const need = make("span", { className: "need", ariaLive: "polite" });
  const commit = make("button", { type: "button", className: "main", textContent: "Commit" });
  const answers = make("fieldset", {}, make("legend", { textContent: asked.question }));
  const verdict = make("div", { className: "verdict", hidden: true, tabIndex: -1 });

  const missing = () => {
    if (guess === null) return UNANSWERED[asked.kind];
    if (paper && !guess.every(Number.isFinite)) return "Draw on, from end to end.";
    return sure === null ? "Say how sure you are." : "";
  };
  let alive = true;
  const check = () => {
    need.textContent = alive ? missing() : "Run this cell to commit to an answer.";
    commit.disabled = !alive || Boolean(missing());
  };

  const choose = (choice) => {
    guess = choice;
    check();
  };
  const options = asked.choices.map((choice, i) =>
    make(
      "label",
      { className: "choice" },
      make("input", { type: "radio", name, onchange: () => choose(choice) }),
      make("kbd", { textContent: LETTERS[i] ?? String(i + 1) }),
      make("span", { textContent: choice }),
      make("span", { className: "tag" }),
    ),
  );
  answers.append(make("div", { className: "choices" }, ...options));
  if (asked.kind === "number") answers.append(slider());
  const drawing = paper && sketch(paper, choose);
  if (paper) answers.append(drawing.node);

  // a logarithmic slider that has no value until it is moved
  function slider() {
    const said = make("output", { textContent: "–" });
    const range = make("input", {
      type: "range",
      min: "0",
      max: "1",
      step: "0.005",
      value: "0.5",
      ariaLabel: asked.question,
    });
    const ratio = Math.log(asked.high / asked.low);
    const move = () => {
      const near = Number((asked.low * Math.exp(range.value * ratio)).toPrecision(3));
      choose(asked.whole ? Math.round(near) : near);
      said.textContent = `${guess.toLocaleString("en-US")} ${asked.unit}`;
      range.setAttribute("aria-valuetext", said.textContent);
    };
    range.addEventListener("input", move);
    const ends = [asked.low, asked.high].map((end) =>
      make("span", { textContent: end.toLocaleString("en-US") }),
    );
    return make("div", { className: "number" }, said, range, make("p", {}, ...ends));
  }

  const levels = asked.sure.map((level) =>
    make(
      "label",
      {},
      make("input", {
        type: "radio",
        name: `${name}-sure`,
        onchange: () => {
          sure = level;
          check();
        },
      }),
      make("span", { textContent: level }),
    ),
  );
  const act = make(
    "div",
    { className: "act" },
    make(
      "div",
      { role: "radiogroup", ariaLabel: "How sure are you?" },
      make("p", { className: "muted", textContent: "How sure are you?" }),
      make("div", { className: "sure" }, ...levels),
    ),
    commit,
    need,
  );
  commit.addEventListener("click", () => {
    model.set("committed", { guess, sure });
    model.save_changes();
  });

  let drawn = null;
  const draw = (told) => {
    drawn?.dispose();
    drawn = null;
    if (!told) return;
    const host = make("div", { className: "awsnb-explorer guessed" });
    verdict.append(host);
    drawn = plot(host);
    const values = told.values.map((column) => Float64Array.from(column, (value) => value ?? NaN));
    drawn.show(told.picture, (slot) => values[slot], told.alt, []);
  };
  const reveal = (focus) => {
    const told = model.get("verdict");
    if (!("answer" in told)) return;
    const said = model.get("committed");
    act.hidden = true;
    answers.disabled = true;
    options.forEach((option, i) => {
      const right = asked.choices[i] === told.answer;
      const mine = asked.choices[i] === said.guess;
      option.classList.toggle("right", right);
      option.classList.toggle("mine", mine && !right);
      option.hidden = !right && !mine;
      const tag = option.querySelector(".tag");
      tag.textContent = right ? (mine ? "✓ your answer" : "✓ what happens") : `your answer, ${said.sure}`;
    });
    const lines = [make("p", { className: "headline" }, `${told.right ? "✓" : "→"} ${told.headline}`)];
    if (asked.kind === "number") {
      answers.querySelector(".number").hidden = true;
      const compared = `You said ${told.guessed}, ${said.sure}; the model says ${told.said}.`;
      lines.push(make("p", { className: "muted" }, compared));
    }
    if (paper) {
      drawing.node.hidden = true;
      const off = offBy(said.guess, told.answer, paper);
      lines.push(make("p", { className: "muted" },
        `You drew it ${percent(off)} of the paper's height off on average, ${said.sure}; within ${percent(paper.within)} is right.`));
    }
    verdict.replaceChildren(...lines, make("p", {}, told.because));
    verdict.hidden = false;
    draw(paper ? besideSketch(told.plot, paper, said.guess) : told.plot);
    if (focus) verdict.focus({ preventScroll: true });
  };

  el.replaceChildren(
    make(
      "section",
      { className: "card", ariaLabel: `Prediction ${asked.number}` },
      make("p", { className: "kind", textContent: `Prediction ${asked.number}` }),
      asked.setting ? make("p", { className: "muted", textContent: asked.setting }) : null,
      make("p", { className: "question", textContent: asked.question, ariaHidden: "true" }),
      answers,
      act,
      verdict,
    ),
  );
  check();
  reveal(false);
  const told = () => reveal(true);
  model.on("change:verdict", told);
  onAlive(model, (now) => {
    alive = now;
    check();
  });
  return () => {
    model.off("change:verdict", told);
    drawn?.dispose();
    drawing?.dispose();
  };
}

const percent = (share) => `${Math.round(100 * share)} %`;

export default { render };
