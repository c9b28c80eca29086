/**
 * QR codes of bytes (ISO/IEC 18004, model 2), with error correction of level M: 15 % of a code may be dirty. Up to
 * version 24, as a denser one is not read from a screen.
 */

/** Check bytes in each block, and blocks, by version. */
const CHECK_BYTES = [
  10, 16, 26, 18, 24, 16, 18, 22, 22, 26, 30, 22, 22, 24, 24, 28, 28, 26, 26, 26, 26, 28, 28, 28,
];
const BLOCKS = [1, 1, 1, 2, 2, 4, 4, 4, 5, 5, 5, 8, 9, 9, 10, 10, 11, 13, 14, 16, 17, 17, 18, 20];
const VERSIONS = BLOCKS.length;

/** The bits a version has room for, beside the patterns that are always there. */
function roomOf(version: number): number {
  const aligned = Math.floor(version / 7) + 2;
  const patterns = version < 2 ? 0 : (25 * aligned - 10) * aligned - 55 + (version < 7 ? 0 : 36);
  return (16 * version + 128) * version + 64 - patterns;
}

const codewords = (version: number) => Math.floor(roomOf(version) / 8);
const blocksOf = (version: number) => BLOCKS[version - 1] ?? 1;
const checksOf = (version: number) => CHECK_BYTES[version - 1] ?? 0;
const dataBytes = (version: number) => codewords(version) - blocksOf(version) * checksOf(version);
const countBits = (version: number) => (version < 10 ? 8 : 16);

/** The smallest version that holds so many bytes; null when none does. */
function versionFor(length: number): number | null {
  for (let version = 1; version <= VERSIONS; version += 1) {
    if (4 + countBits(version) + length * 8 <= dataBytes(version) * 8) return version;
  }
  return null;
}

/** Mode, length, bytes and filling. */
function dataOf(bytes: Uint8Array, version: number): number[] {
  let bits = `0100${bytes.length.toString(2).padStart(countBits(version), "0")}`;
  for (const byte of bytes) bits += byte.toString(2).padStart(8, "0");
  const room = dataBytes(version) * 8;
  bits = bits.padEnd(Math.min(room, bits.length + 4), "0");
  bits = bits.padEnd(Math.ceil(bits.length / 8) * 8, "0");
  const data = (bits.match(/.{8}/g) ?? []).map((byte) => Number.parseInt(byte, 2));
  for (let pad = 0xec; data.length < room / 8; pad ^= 0xec ^ 0x11) data.push(pad);
  return data;
}

/** The product in the field of 256 elements with x⁸ + x⁴ + x³ + x² + 1. */
function times(a: number, b: number): number {
  let product = 0;
  for (let bit = 7; bit >= 0; bit -= 1) {
    product = (product << 1) ^ ((product >>> 7) * 0x11d);
    product ^= ((b >>> bit) & 1) * a;
  }
  return product;
}

function divisorOf(degree: number): number[] {
  const found = [...new Array(degree - 1).fill(0), 1];
  let root = 1;
  for (let i = 0; i < degree; i += 1) {
    for (let j = 0; j < degree; j += 1) found[j] = times(found[j], root) ^ (found[j + 1] ?? 0);
    root = times(root, 2);
  }
  return found;
}

function checkOf(data: readonly number[], divisor: readonly number[]): number[] {
  let rest = divisor.map(() => 0);
  for (const byte of data) {
    const factor = byte ^ (rest[0] ?? 0);
    rest = divisor.map((term, index) => (rest[index + 1] ?? 0) ^ times(term, factor));
  }
  return rest;
}

/** Data and check bytes in the order they stand in a code: the first of every block, the second of every block, … */
function interleaved(data: readonly number[], version: number): number[] {
  const blocks = blocksOf(version);
  const long = codewords(version) % blocks;
  const short = Math.floor(data.length / blocks);
  const divisor = divisorOf(checksOf(version));
  const parts: number[][] = [];
  for (let at = 0; at < data.length; ) {
    const length = short + (parts.length < blocks - long ? 0 : 1);
    parts.push(data.slice(at, at + length));
    at += length;
  }
  const checks = parts.map((part) => checkOf(part, divisor));
  const inTurn = (lists: number[][], length: number) =>
    Array.from({ length }, (_, index) => lists.flatMap((list) => list[index] ?? [])).flat();
  return [...inTurn(parts, short + 1), ...inTurn(checks, divisor.length)];
}

/** A code being drawn: dark modules, and which of them are patterns. */
class Canvas {
  readonly size: number;
  private readonly cells: Uint8Array;

  constructor(size: number) {
    this.size = size;
    this.cells = new Uint8Array(size * size);
  }

  isDark = (row: number, column: number): boolean => (this.at(row, column) & 1) === 1;
  isPattern = (row: number, column: number): boolean => (this.at(row, column) & 2) === 2;
  flip(row: number, column: number): void {
    this.cells[row * this.size + column] = this.at(row, column) ^ 1;
  }
  put(row: number, column: number, dark: boolean): void {
    if (row < 0 || column < 0 || row >= this.size || column >= this.size) return;
    this.cells[row * this.size + column] = 2 | Number(dark);
  }
  private at(row: number, column: number): number {
    return this.cells[row * this.size + column] ?? 0;
  }
}

/** Squares inside each other around a middle: those at these distances are light. */
function rings(canvas: Canvas, row: number, column: number, reach: number, light: readonly number[]): void {
  for (let dy = -reach; dy <= reach; dy += 1) {
    for (let dx = -reach; dx <= reach; dx += 1) {
      canvas.put(row + dy, column + dx, !light.includes(Math.max(Math.abs(dy), Math.abs(dx))));
    }
  }
}

/** The middles of the small squares, along one side. */
function alignments(version: number): number[] {
  if (version < 2) return [];
  const count = Math.floor(version / 7) + 2;
  const last = version * 4 + 10;
  const step = Math.ceil((last - 6) / (count - 1) / 2) * 2;
  return [6, ...Array.from({ length: count - 1 }, (_, index) => last - (count - 2 - index) * step)];
}

/** Bits followed by the remainder of their division by a polynomial. */
function protectedBits(value: number, degree: number, polynomial: number): number {
  let rest = value;
  for (let i = 0; i < degree; i += 1) rest = (rest << 1) ^ ((rest >>> (degree - 1)) * polynomial);
  return (value << degree) | rest;
}

function putFormat(canvas: Canvas, mask: number): void {
  // The two bits before the mask say level M.
  const bits = protectedBits(mask, 10, 0x537) ^ 0x5412;
  const { size } = canvas;
  const bit = (n: number) => ((bits >>> n) & 1) === 1;
  for (let n = 0; n < 15; n += 1) {
    const down = n < 6 ? n : n < 8 ? n + 1 : size - 15 + n;
    canvas.put(down, 8, bit(n));
    const left = n < 8 ? size - 1 - n : n < 9 ? 7 : 14 - n;
    canvas.put(8, left, bit(n));
  }
  canvas.put(size - 8, 8, true);
}

function putVersion(canvas: Canvas, version: number): void {
  if (version < 7) return;
  const bits = protectedBits(version, 12, 0x1f25);
  for (let n = 0; n < 18; n += 1) {
    const [far, near] = [canvas.size - 11 + (n % 3), Math.floor(n / 3)];
    canvas.put(near, far, ((bits >>> n) & 1) === 1);
    canvas.put(far, near, ((bits >>> n) & 1) === 1);
  }
}

function putPatterns(canvas: Canvas, version: number): void {
  const { size } = canvas;
  for (let n = 0; n < size; n += 1) {
    canvas.put(6, n, n % 2 === 0);
    canvas.put(n, 6, n % 2 === 0);
  }
  const middles = alignments(version);
  const last = size - 7;
  for (const row of middles) {
    for (const column of middles) {
      const corner = (row === 6 || row === last) && (column === 6 || column === last);
      if (!corner || (row === last && column === last)) rings(canvas, row, column, 2, [1]);
    }
  }
  for (const [row, column] of [
    [3, 3],
    [3, size - 4],
    [size - 4, 3],
  ] as const) {
    rings(canvas, row, column, 4, [2, 4]);
  }
  putFormat(canvas, 0);
  putVersion(canvas, version);
}

/** Every module that is no pattern, in the order the bits run: two columns at a time, up and down by turns. */
function* places(canvas: Canvas): Generator<[row: number, column: number]> {
  const { size } = canvas;
  let up = true;
  for (let right = size - 1; right >= 1; right -= 2, up = !up) {
    if (right === 6) right = 5;
    for (let n = 0; n < size; n += 1) {
      const row = up ? size - 1 - n : n;
      for (const column of [right, right - 1]) if (!canvas.isPattern(row, column)) yield [row, column];
    }
  }
}

const MASKS: readonly ((row: number, column: number) => number)[] = [
  (row, column) => (row + column) % 2,
  (row) => row % 2,
  (_row, column) => column % 3,
  (row, column) => (row + column) % 3,
  (row, column) => (Math.floor(row / 2) + Math.floor(column / 3)) % 2,
  (row, column) => ((row * column) % 2) + ((row * column) % 3),
  (row, column) => (((row * column) % 2) + ((row * column) % 3)) % 2,
  (row, column) => (((row + column) % 2) + ((row * column) % 3)) % 2,
];

/** How badly a row (as text of 0 and 1) is read: long runs, and what looks like the squares of the corners. */
function lineTrouble(line: string): number {
  const runs = line.match(/0{5,}|1{5,}/g) ?? [];
  const corners = line.match(/(?=00001011101|10111010000)/g) ?? [];
  return runs.reduce((sum, run) => sum + run.length - 2, 0) + corners.length * 40;
}

function troubleOf(canvas: Canvas): number {
  const { size, isDark } = canvas;
  let [trouble, dark] = [0, 0];
  for (let a = 0; a < size; a += 1) {
    let [row, column] = ["", ""];
    for (let b = 0; b < size; b += 1) {
      row += Number(isDark(a, b));
      column += Number(isDark(b, a));
      dark += Number(isDark(a, b));
      const same = [isDark(a, b + 1), isDark(a + 1, b), isDark(a + 1, b + 1)];
      if (a + 1 < size && b + 1 < size && same.every((other) => other === isDark(a, b))) trouble += 3;
    }
    trouble += lineTrouble(row) + lineTrouble(column);
  }
  return trouble + Math.floor(Math.abs((dark * 100) / size ** 2 - 50) / 5) * 10;
}

export type Matrix = Pick<Canvas, "size" | "isDark">;

/** A code with one of the eight masks; that of the least trouble is read best. */
function masked(codes: readonly number[], version: number, mask: number): Canvas {
  const canvas = new Canvas(17 + 4 * version);
  putPatterns(canvas, version);
  putFormat(canvas, mask);
  let at = 0;
  for (const [row, column] of places(canvas)) {
    const bit = ((codes[at >>> 3] ?? 0) >>> (7 - (at & 7))) & 1;
    if ((bit === 1) !== (MASKS[mask]?.(row, column) === 0)) canvas.flip(row, column);
    at += 1;
  }
  return canvas;
}

/** The code of bytes with every mask, best first; null when they are too many. */
export function matrices(bytes: Uint8Array): Matrix[] | null {
  const version = versionFor(bytes.length);
  if (version === null) return null;
  const codes = interleaved(dataOf(bytes, version), version);
  return MASKS.map((_, mask) => masked(codes, version, mask))
    .map((canvas) => ({ canvas, trouble: troubleOf(canvas) }))
    .sort((a, b) => a.trouble - b.trouble)
    .map(({ canvas }) => canvas);
}
