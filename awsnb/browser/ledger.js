// The ledger of claims: a section, a verdict and words choose which are shown.
const all = (selector, root = document) => [...root.querySelectorAll(selector)];

const isChosen = (row, { section, verdict, words }) =>
  (!verdict || row.closest("[data-verdict]").dataset.verdict === verdict) &&
  (!section || row.closest(".fold").id === section) &&
  words.every((word) => row.textContent.toLowerCase().includes(word));

export function ledger(form) {
  const rows = all(".claims tbody tr");
  const show = () => {
    const { section, verdict, words } = Object.fromEntries(new FormData(form));
    const wanted = { section, verdict, words: words.toLowerCase().split(/\s+/).filter(Boolean) };
    for (const row of rows) row.hidden = !isChosen(row, wanted);
    const chosen = Boolean(section || verdict || wanted.words.length);
    for (const fold of all("main details")) {
      fold.hidden = !fold.querySelector("tbody tr:not([hidden])");
      fold.open = chosen;
    }
    for (const counts of all(".overview, .fold summary span")) counts.hidden = chosen; // of all claims
    const shown = rows.filter((row) => !row.hidden).length;
    form.querySelector("output").textContent = `${shown} of ${rows.length} facts and errata`;
  };
  // a link to an erratum leads to it whatever is chosen
  for (const link of all(".claims a[href^='#']")) link.addEventListener("click", () => (form.reset(), show()));
  form.hidden = false;
  form.addEventListener("input", show);
  form.addEventListener("submit", (event) => event.preventDefault());
  show();
}
