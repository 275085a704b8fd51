// JupyterLab would move between cells at an arrow, fold one, and run one at Shift+Enter.
export function keepKeys(el) {
  el.addEventListener("keydown", (event) => {
    if (!event.ctrlKey && !event.metaKey) event.stopPropagation();
  });
}
