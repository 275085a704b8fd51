// Steps to tick off. Their texts come as HTML that Python has escaped, with <code> alone in it.
import { onAlive } from "./alive.js";
import { keepKeys } from "./keys.js";

export function render({ model, el }) {
  el.classList.add("awsnb-lesson");
  keepKeys(el);
  const boxes = model.get("steps").map((step, i) => {
    const box = document.createElement("input");
    box.type = "checkbox";
    box.checked = model.get("done")[i];
    box.addEventListener("change", () => {
      model.set("done", boxes.map((one) => one.checked));
      model.save_changes();
    });
    return box;
  });
  const list = document.createElement("ul");
  list.className = "steps";
  for (const [i, step] of model.get("steps").entries()) {
    const label = document.createElement("label");
    const text = document.createElement("span");
    text.innerHTML = step;
    label.append(boxes[i], text);
    const item = document.createElement("li");
    item.append(label);
    list.append(item);
  }
  el.replaceChildren(list);
  onAlive(model, (alive) => boxes.forEach((box) => (box.disabled = !alive)));
}

export default { render };
