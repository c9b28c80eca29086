import { matrices } from "./matrix";

/** Bytes a code may hold that a phone still reads from a screen. */
const BYTES_MAX = 900;

export interface QrPath {
  /** Modules per side, without the quiet zone. */
  size: number;
  /** SVG path of the dark modules, one unit each. */
  path: string;
}

/** The QR code of a text (UTF-8); null where the text is empty or too long. */
export function qrPath(text: string): QrPath | null {
  const bytes = new TextEncoder().encode(text);
  if (bytes.length === 0 || bytes.length > BYTES_MAX) return null;
  const best = matrices(bytes)?.[0];
  if (!best) return null;
  const { size, isDark } = best;
  let path = "";
  for (let row = 0; row < size; row += 1) {
    for (let column = 0; column < size; column += 1) {
      if (!isDark(row, column)) continue;
      let width = 1;
      while (column + width < size && isDark(row, column + width)) width += 1;
      path += `M${column} ${row}h${width}v1h-${width}Z`;
      column += width;
    }
  }
  return { size, path };
}
