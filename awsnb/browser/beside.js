// Runs that are kept, drawn beside another: what `figures.panels` does with kept results, done on
// pictures that are made already.

// pages are { words, picture, columns, scene, moving }; `words.compare` names the lines that are compared
export function beside(page, others) {
  if (!others.length) return page;
  const { picture, scene } = structuredClone({ picture: page.picture, scene: page.scene });
  const columns = [...page.columns];
  const moving = [...page.moving];
  others.forEach((other, i) => {
    for (const panel of other.picture.panels) makeRoom(picture, panel, other.picture.axes[panel.axis].key);
    for (const panel of picture.panels) {
      const twin = other.picture.panels.find(({ title }) => title === panel.title);
      if (!twin || panel.colors) continue;
      const axis = picture.axes[panel.axis];
      const theirs = other.picture.axes[twin.axis];
      if (axis.type !== theirs.type) continue;
      const chosen = twin.lines.filter(({ label }) => (other.words.compare[panel.title] ?? []).includes(label));
      for (const line of chosen) {
        picture.xs.push(placed(other.picture.xs[line.x], axis, theirs));
        panel.lines.unshift({ ...line, x: picture.xs.length - 1, slot: columns.length, style: `kept${i + 1}`, rank: i + 1 });
        const curve = scene && other.scene?.curves.find(({ slot }) => slot === line.slot);
        if (curve) {
          scene.curves.push({ slot: columns.length, moments: moving.length, values: moving.length + 1 });
          moving.push(other.moving[curve.moments], other.moving[curve.values]);
        }
        columns.push(other.columns[line.slot]);
      }
      if (chosen.length) panel.y = spanning(panel.y, twin.y);
      if (axis.type !== "category") picture.axes[panel.axis] = spanning(axis, theirs);
    }
  });
  return { picture, columns, scene, moving };
}

// a panel that only the other run has
function makeRoom(picture, panel, key) {
  const axis = picture.axes.findIndex((one) => one.key === key);
  if (axis < 0 || panel.colors || picture.panels.some(({ title }) => title === panel.title)) return;
  const last = picture.panels.findLastIndex((one) => one.axis === axis);
  picture.panels.splice(last + 1, 0, { ...panel, axis, lines: [] });
}

const spanning = (one, other) => ({
  ...one,
  low: Math.min(one.low, other.low),
  high: Math.max(one.high, other.high),
  ...(other.high - other.low > one.high - one.low && other.ticks ? { ticks: other.ticks } : {}),
});

// where another run's points lie on this axis: categories go by their names
function placed(xs, axis, theirs) {
  if (axis.type !== "category") return xs;
  const list = Array.isArray(xs) ? xs : Array.from({ length: xs.count }, (_, i) => xs.first + i * xs.step);
  const at = new Map(axis.ticks.map(([place, name]) => [name, place]));
  return list.map((place) => at.get(theirs.ticks[place][1]) ?? null);
}
