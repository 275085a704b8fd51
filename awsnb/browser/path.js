// The `d` of what a panel draws, in pixels to a tenth. Values that are not finite are gaps.

const tenth = (pixel) => Math.round(pixel * 10) / 10;

export function line(xs, ys) {
  let d = "";
  let pen = "M";
  for (let i = 0; i < xs.length; i++) {
    if (Number.isFinite(ys[i])) {
      d += `${pen}${tenth(xs[i])} ${tenth(ys[i])}`;
      pen = "L";
    } else pen = "M";
  }
  return d;
}

// each value holds until the next begins
export function steps(xs, ys) {
  let d = "";
  let down = false;
  for (let i = 0; i < xs.length; i++) {
    if (down) d += `H${tenth(xs[i])}`;
    if (Number.isFinite(ys[i])) d += down ? `V${tenth(ys[i])}` : `M${tenth(xs[i])} ${tenth(ys[i])}`;
    down = Number.isFinite(ys[i]);
  }
  return d;
}

// closes each unbroken part of a path down to the floor
export function filled(d, floor) {
  const parts = d.split("M").slice(1);
  return parts.map((part) => `M${part}V${tenth(floor)}H${part.split(" ", 1)[0]}Z`).join("");
}

export function bars(xs, from, to, width, shift) {
  let d = "";
  for (let i = 0; i < xs.length; i++) {
    if (!Number.isFinite(to[i])) continue;
    const left = tenth(xs[i] + shift);
    d += `M${left} ${tenth(from[i])}H${tenth(xs[i] + shift + width)}V${tenth(to[i])}H${left}Z`;
  }
  return d;
}

export function dashes(xs, ys, width) {
  let d = "";
  for (let i = 0; i < xs.length; i++)
    if (Number.isFinite(ys[i])) d += `M${tenth(xs[i] - width / 2)} ${tenth(ys[i])}h${width}`;
  return d;
}

// the middles between neighbours, and as much on the outside: where cells meet
export function edges(middles) {
  const last = middles.length - 1;
  const step = (a, b) => (last ? (middles[b] - middles[a]) / 2 : 0.5);
  return [
    middles[0] - step(0, 1),
    ...middles.slice(1).map((middle, i) => (middle + middles[i]) / 2),
    middles[last] + step(last - 1, last),
  ];
}
