// Runs that are kept, drawn beside another: what `figures.panels` does with kept results, done on
// pictures that are made already.

// pages are { words, picture, columns }; `words.compare` names the lines that are compared
export function beside(page, others) {
  if (!others.length) return page;
  const picture = structuredClone(page.picture);
  const columns = [...page.columns];
  others.forEach((other, i) => {
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
        columns.push(other.columns[line.slot]);
      }
      if (chosen.length) panel.y = spanning(panel.y, twin.y);
      if (axis.type !== "category") picture.axes[panel.axis] = spanning(axis, theirs);
    }
  });
  return { picture, columns };
}

const spanning = (one, other) => ({
  ...one,
  low: Math.min(one.low, other.low),
  high: Math.max(one.high, other.high),
  ...(one.ticks && other.ticks ? { ticks: union(one.ticks, other.ticks) } : {}),
});

const union = (one, other) =>
  [...new Map([...one, ...other])].sort(([a], [b]) => a - b);

// where another run's points lie on this axis: categories go by their names
function placed(xs, axis, theirs) {
  if (axis.type !== "category") return xs;
  const list = Array.isArray(xs) ? xs : Array.from({ length: xs.count }, (_, i) => xs.first + i * xs.step);
  const at = new Map(axis.ticks.map(([place, name]) => [name, place]));
  return list.map((place) => at.get(theirs.ticks[place][1]) ?? null);
}
