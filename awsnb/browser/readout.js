// The answers: large numbers and the sentence that says why, dimmed while they answer no question.
// Its elements stay, so that a screen reader announces what changes in them.
const ONCE_SHOWN = 500; // milliseconds

// ipywidgets gives the handles of sliders no name
function nameSliders() {
  for (const control of document.querySelectorAll(".awsnb-explorer .awsnb-control")) {
    const name = control.querySelector("label")?.textContent ?? "";
    control.querySelector(".noUi-handle")?.setAttribute("aria-label", name);
  }
}

function render({ model, el }) {
  const make = (tag, className, attributes = {}) => {
    const node = document.createElement(tag);
    node.className = className;
    for (const [name, value] of Object.entries(attributes)) node.setAttribute(name, value);
    el.append(node);
    return node;
  };
  const numbers = make("dl", "awsnb-numbers");
  const why = make("p", "awsnb-why", { "aria-live": "polite" });

  const draw = () => {
    numbers.replaceChildren(
      ...model.get("numbers").map(([label, text]) => {
        const group = document.createElement("div");
        const [name, value] = ["dt", "dd"].map((tag) => document.createElement(tag));
        [name.textContent, value.textContent] = [label, text];
        group.append(name, value);
        return group;
      }),
    );
    if (why.textContent !== model.get("why")) why.textContent = model.get("why");
    el.classList.toggle("awsnb-stale", model.get("problem") !== "");
  };
  draw();
  setTimeout(nameSliders, ONCE_SHOWN);
  model.on("change", draw);
  return () => model.off("change", draw);
}

export default { render };
