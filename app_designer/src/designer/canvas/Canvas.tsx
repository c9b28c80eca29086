export default function Canvas() {
  return null;
}
