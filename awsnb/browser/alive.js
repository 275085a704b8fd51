// Whether a kernel still listens: a widget that is shown from a saved notebook has none.
export async function onAlive(model, tell) {
  const real = await managed(model);
  if (!real) return;
  const say = () => tell(real.comm_live !== false);
  real.on("comm_live_update", say);
  say();
}

// the model that JupyterLab keeps of a widget; none on a page of the site
export const managed = async (model) => model.widget_manager?.get_model?.(model.get("me"));
