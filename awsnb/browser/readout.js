// The answers: large numbers and the sentence that says why, dimmed while they answer no question.
// Its elements stay, so that a screen reader announces what changes in them.
function render({ model, el }) {
  const make = (tag, className, attributes = {}) => {
    const node = document.createElement(tag);
    node.className = className;
    for (const [name, value] of Object.entries(attributes)) node.setAttribute(name, value);
    el.append(node);
    return node;
  };
  const problem = make("p", "awsnb-problem", { role: "alert" });
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
    problem.textContent = model.get("problem");
    problem.hidden = !model.get("problem");
    el.classList.toggle("awsnb-stale", model.get("stale"));
  };
  draw();
  model.on("change", draw);
  return () => model.off("change", draw);
}

export default { render };
