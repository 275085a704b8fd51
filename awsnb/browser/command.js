// A line for the terminal and a button that copies it, or selects it where copying is not allowed.
function render({ model, el }) {
  el.classList.add("awsnb-command");
  const code = document.createElement("code");
  code.tabIndex = 0;
  const button = document.createElement("button");
  button.type = "button";
  button.className = "jupyter-button";
  button.textContent = "Copy as report command";

  // words in spans, so that lines break between words and not after a hyphen
  const draw = () => {
    const words = model.get("text").split(" ").flatMap((word) => {
      const span = document.createElement("span");
      span.textContent = word;
      return [span, " "];
    });
    code.replaceChildren(...words.slice(0, -1));
  };
  const copy = async () => {
    try {
      await navigator.clipboard.writeText(model.get("text"));
      button.textContent = "Copied";
    } catch {
      getSelection().selectAllChildren(code);
      button.textContent = "Selected: press Ctrl+C or ⌘C";
    }
    setTimeout(() => (button.textContent = "Copy as report command"), 2000);
  };
  button.addEventListener("click", copy);
  el.append(button, code);
  draw();
  model.on("change:text", draw);
  return () => model.off("change:text", draw);
}

export default { render };
