// A text box above a copy of its text: the copy gives the height, and carries the mark of a problem.
let made = 0;

// what the copy holds: all of a marked line in a mark, and its column in bold if that is known
function marked(text, [line, column]) {
  const lines = text.split("\n");
  if (!line || line > lines.length) return [`${text}\n`];
  const wrong = lines[line - 1];
  const mark = document.createElement("mark");
  const letter = document.createElement("b");
  const at = column ? column - 1 : wrong.length;
  letter.textContent = column ? wrong.slice(at, at + 1) || " " : "";
  mark.append(wrong.slice(0, at), letter, wrong.slice(at + 1));
  const [before, after] = [lines.slice(0, line - 1), lines.slice(line)];
  return [...before.map((words) => `${words}\n`), mark, "\n", ...after.map((words) => `${words}\n`)];
}

function render({ model, el }) {
  el.classList.add("awsnb-text-area");
  const [label, paper, copy, area] = ["label", "div", "pre", "textarea"].map((tag) =>
    document.createElement(tag),
  );
  paper.className = "awsnb-paper";
  paper.style.setProperty("--awsnb-lines", model.get("lines"));
  label.textContent = model.get("description");
  label.htmlFor = area.id = `awsnb-text-${++made}`;
  label.title = area.title = model.get("tooltip");
  copy.setAttribute("aria-hidden", "true");
  area.spellcheck = false;

  const draw = () => {
    if (area.value !== model.get("value")) area.value = model.get("value");
    const place = model.get("place");
    copy.replaceChildren(...marked(area.value, place));
    area.setAttribute("aria-invalid", place.length > 0);
  };
  area.addEventListener("input", () => {
    model.set("value", area.value);
    model.save_changes();
  });
  // a notebook would take Shift+Enter and single letters for commands
  area.addEventListener("keydown", (event) => event.stopPropagation());
  paper.append(copy, area);
  el.append(label, paper);
  draw();
  model.on("change", draw);
  return () => model.off("change", draw);
}

export default { render };
