export function BlockBar() {
  return null;
}
