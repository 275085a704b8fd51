// What is done, and how often the reader was right at each level of sureness.
import { onAlive } from "./alive.js";
import { keepKeys } from "./keys.js";

const WIDTH = 150;

function bar([sure, made, right, share]) {
  const row = document.createElement("tr");
  const part = made ? (right / made) * WIDTH : 0;
  const goal = share * WIDTH;
  row.innerHTML =
    `<th scope="row"></th><td><svg width="${WIDTH}" height="16" aria-hidden="true">` +
    `<rect class="track" y="1" width="${WIDTH}" height="14" rx="3"/>` +
    `<rect class="share" y="1" width="${part}" height="14" rx="3"/>` +
    `<path class="goal" d="M${goal} 0V16"/></svg></td><td></td>`;
  row.firstChild.textContent = sure;
  row.lastChild.textContent = made ? `${right} of ${made}` : "none yet";
  return row;
}

export function render({ model, el }) {
  el.classList.add("awsnb-lesson");
  keepKeys(el);
  const done = document.createElement("p");
  const table = document.createElement("table");
  const note = document.createElement("p");
  note.className = "muted";
  note.textContent = "How sure you were, and how often you were right. The line is where somebody who judges well would be.";
  const again = document.createElement("button");
  again.type = "button";
  again.textContent = "Start over";
  again.addEventListener("click", () => {
    if (again.dataset.asked) {
      model.set("forgotten", true);
      model.save_changes();
      again.textContent = "Forgotten: run the notebook again";
      again.disabled = true;
    } else {
      again.dataset.asked = "yes";
      again.textContent = "Forget this section's answers?";
    }
  });
  const draw = () => {
    done.textContent = model.get("text");
    table.replaceChildren(...model.get("rows").map(bar));
    const any = model.get("rows").some(([, made]) => made);
    table.hidden = note.hidden = !any;
  };
  el.replaceChildren(done, table, note, again);
  draw();
  model.on("change", draw);
  onAlive(model, (alive) => (again.hidden = !alive));
  return () => model.off("change", draw);
}

export default { render };
