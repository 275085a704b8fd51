// Whether a kernel still listens: a widget that is shown from a saved notebook has none.
export async function onAlive(model, tell) {
  const real = await model.widget_manager?.get_model?.(model.get("me"));
  if (!real) return;
  const say = () => tell(real.comm_live !== false);
  real.on("comm_live_update", say);
  say();
}
