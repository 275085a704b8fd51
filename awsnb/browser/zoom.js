// The same plots drawn by plotly.js, to zoom into. It is large: it is asked for when it is wanted.
import { inflated } from "./inflate.js";
import { create } from "./text.js";

const CONFIG = { displaylogo: false, showSendToCloud: false, responsive: true };

export async function zoom(model, el, source) {
  const text = source.textContent;
  source.textContent = "Loading plotly.js…";
  source.disabled = true;
  const close = create("button", { type: "button", className: "awsnb-button" }, "Close");
  const place = create("div");
  const box = create("dialog", { className: "awsnb-zoom" }, close, place);
  try {
    const { figure, script } = await answered(model, !globalThis.awsnbPlotly);
    globalThis.awsnbPlotly ??= await loaded(script);
    el.append(box);
    box.showModal();
    await globalThis.awsnbPlotly.newPlot(place, figure.data, themed(figure.layout, box), CONFIG);
  } finally {
    source.textContent = text;
    source.disabled = false;
  }
  box.addEventListener("close", () => {
    globalThis.awsnbPlotly.purge(place);
    box.remove();
  });
  close.addEventListener("click", () => box.close());
}

function answered(model, script) {
  return new Promise((done) => {
    const take = (message, buffers) => {
      if (message.zoom === undefined) return;
      model.off("msg:custom", take);
      done({ figure: JSON.parse(message.zoom), script: buffers[0] });
    };
    model.on("msg:custom", take);
    model.send({ ask: "zoom", script });
  });
}

async function loaded(packed) {
  const program = new TextDecoder().decode(await inflated(packed, "gzip"));
  const module = { exports: {} };
  new Function("module", "exports", "define", program).call(
    window, module, module.exports);
  return module.exports;
}

function themed(layout, el) {
  const color = getComputedStyle(el).color;
  const ground = getComputedStyle(el).backgroundColor;
  return { ...layout, font: { color }, hoverlabel: { bgcolor: ground, font: { color } } };
}
