export function scene(root, onTime) {
  return { show() {}, at() {}, dispose() {} };
}
