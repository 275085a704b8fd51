const NO_VALUE = 65535;
const CONFIG = { displayModeBar: false };
const NARROW = 480; // pixels; below, a panel's heading has no room beside its legend

const AT_ONCE = {
  mode: "immediate",
  transition: { duration: 0 },
  frame: { duration: 0, redraw: false },
};

// plotly.js is one for the page, whichever kernel sent it first
async function loadPlotly(model) {
  globalThis.awsnbPlotly ??= unpackPlotly(model);
  try {
    return await globalThis.awsnbPlotly;
  } catch (error) {
    globalThis.awsnbPlotly = undefined;
    throw error;
  }
}

async function unpackPlotly(model) {
  const source = await model.widget_manager.get_model(model.get("source"));
  const packed = new Blob([source.get("script")]).stream();
  const text = await new Response(packed.pipeThrough(new DecompressionStream("gzip"))).text();
  const module = { exports: {} };
  new Function("module", "exports", "define", text).call(window, module, module.exports);
  return module.exports;
}

function unpackCurve(view) {
  const [low, high, log] = [0, 8, 16].map((at) => view.getFloat64(at, true));
  const y = new Float64Array((view.byteLength - 24) / 2);
  for (let i = 0; i < y.length; i++) {
    const step = view.getUint16(24 + 2 * i, true);
    const value = low + ((high - low) * step) / (NO_VALUE - 1);
    y[i] = step === NO_VALUE ? NaN : log ? 10 ** value : value;
  }
  return y;
}

function filled(trace, values) {
  if (trace.type !== "heatmap") return { ...trace, y: values };
  const width = values.length / trace.y.length;
  const z = trace.y.map((_, i) => Array.from(values.subarray(i * width, (i + 1) * width)));
  const each = (change) => z.map((row) => row.map(change));
  const { levels, log } = trace.meta;
  if (levels.length) return { ...trace, z, text: each((code) => levels[Math.round(code)] ?? "") };
  return log ? { ...trace, z: each(Math.log10), customdata: z } : { ...trace, z };
}

function themed(layout, el, width) {
  const css = getComputedStyle(el);
  const color = (name, other) => css.getPropertyValue(name).trim() || other;
  const raised = (note) =>
    note.yref === "paper" && !note.yshift && width < NARROW ? { ...note, yshift: 13 } : note;
  return {
    ...layout,
    width,
    annotations: layout.annotations?.map(raised),
    font: { color: color("--jp-ui-font-color1", "#808895") },
    hoverlabel: {
      bgcolor: color("--jp-layout-color1", "#fff"),
      font: { color: color("--jp-ui-font-color1", "#333") },
    },
  };
}

async function render({ model, el }) {
  const plot = document.createElement("div");
  plot.className = "awsnb-plot";
  plot.setAttribute("role", "img");
  el.append(plot);

  let plotly = null;
  let width = 0;
  let drawn = false;
  let text = null;
  let spec = { data: [], layout: {} };
  let sent = []; // the bytes of each curve that is drawn
  let ys = [];

  const takeSpec = () => {
    const changed = text !== model.get("spec");
    if (changed) {
      text = model.get("spec");
      spec = JSON.parse(text);
    }
    return changed;
  };
  const takeCurves = () => {
    const bytes = spec.data.map((_, slot) => model.get(`y${slot}`));
    const changed = bytes.flatMap((view, slot) => (view === sent[slot] ? [] : [slot]));
    ys = bytes.map((view, slot) => (view === sent[slot] ? ys[slot] : unpackCurve(view)));
    sent = bytes;
    return changed;
  };
  const draw = () => {
    if (!plotly || !width) return;
    const traces = spec.data.map((trace, slot) => filled(trace, ys[slot]));
    plotly.react(plot, traces, themed(spec.layout, el, width), CONFIG);
    drawn = true;
  };
  // redraws lines and bars alone: twice as fast as all of the figure
  const drawCurves = (slots) => {
    if (slots.some((slot) => spec.data[slot].type === "heatmap")) return draw();
    const frame = { data: slots.map((slot) => ({ y: ys[slot] })), traces: slots };
    plotly.animate(plot, frame, AT_ONCE).catch(() => {}); // rejects when the next one overtakes
  };
  const onChange = () => {
    plot.setAttribute("aria-label", model.get("alt"));
    plot.classList.toggle("awsnb-busy", model.get("busy"));
    plot.classList.toggle("awsnb-stale", model.get("stale"));
    const respecified = takeSpec();
    const slots = takeCurves();
    if (respecified || !drawn) draw();
    else if (slots.length) drawCurves(slots);
  };

  const sizes = new ResizeObserver(() => {
    const now = Math.floor(el.clientWidth);
    if (now && now !== width) {
      width = now;
      requestAnimationFrame(draw);
    }
  });
  const themes = new MutationObserver(() => requestAnimationFrame(draw));

  onChange();
  model.on("change", onChange);
  sizes.observe(el);
  themes.observe(document.body, { attributes: true, attributeFilter: ["data-jp-theme-name"] });
  loadPlotly(model).then(
    (loaded) => {
      plotly = loaded;
      draw();
    },
    (error) => {
      plot.textContent = `The plot can't be drawn here: ${error.message}`;
    },
  );

  return () => {
    model.off("change", onChange);
    sizes.disconnect();
    themes.disconnect();
    plotly?.purge(plot);
    plotly = null;
  };
}

export default { render };
