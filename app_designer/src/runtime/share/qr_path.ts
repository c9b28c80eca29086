import qrcode from "qrcode-generator";

/** Bytes a code may hold that a phone still reads from a screen. */
const BYTES_MAX = 900;

export interface QrPath {
  /** Modules per side, without the quiet zone. */
  size: number;
  /** SVG path of the dark modules, one unit each. */
  path: string;
}

/** The code of a link; null for one that is too long. */
export function qrPath(link: string): QrPath | null {
  const bytes = Array.from(new TextEncoder().encode(link));
  if (bytes.length === 0 || bytes.length > BYTES_MAX) return null;
  const code = qrcode(0, "M");
  code.addData(bytes.map((byte) => String.fromCharCode(byte)).join(""), "Byte");
  code.make();
  const size = code.getModuleCount();
  const places = Array.from({ length: size * size }, (_, n) => [Math.floor(n / size), n % size] as const);
  const dark = places.filter(([row, column]) => code.isDark(row, column));
  return { size, path: dark.map(([row, column]) => `M${column} ${row}h1v1h-1z`).join("") };
}
