// The answers: large numbers, the sentence that says why, and what is wrong with the question.
// Its elements stay, so that a screen reader announces what changes in them.
function render({ model, el }) {
  const make = (tag, className, attributes = {}) => {
    const node = document.createElement(tag);
    node.className = className;
    for (const [name, value] of Object.entries(attributes)) node.setAttribute(name, value);
    el.append(node);
    return node;
  };
  const numbers = make("dl", "awsnb-numbers");
  const problem = make("p", "awsnb-problem", { role: "alert" });
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
    for (const [node, name] of [[why, "why"], [problem, "problem"]]) {
      if (node.textContent !== model.get(name)) node.textContent = model.get(name);
    }
    problem.hidden = !problem.textContent;
    el.classList.toggle("awsnb-stale", !problem.hidden);
  };
  draw();
  model.on("change", draw);
  return () => model.off("change", draw);
}

export default { render };
