export default function KeysPanel() {
  return null;
}
