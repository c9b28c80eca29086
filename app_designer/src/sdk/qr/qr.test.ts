import qrcode from "qrcode-generator";
import { describe, expect, it } from "vitest";
import { type Matrix, matrices } from "./matrix";
import { qrPath } from "./path";

/** The same bytes by another program. */
function byTheOther(bytes: Uint8Array): Matrix {
  const code = qrcode(0, "M");
  code.addData(Array.from(bytes, (byte) => String.fromCharCode(byte)).join(""), "Byte");
  code.make();
  return { size: code.getModuleCount(), isDark: (row, column) => code.isDark(row, column) };
}

function picture({ size, isDark }: Matrix): string {
  const side = Array.from({ length: size }, (_, n) => n);
  return side.map((row) => side.map((column) => Number(isDark(row, column))).join("")).join("\n");
}

/** Bytes that look random and are the same in every run. */
function bytesOf(length: number): Uint8Array {
  let seed = length + 1;
  return Uint8Array.from({ length }, () => {
    seed = (Math.imul(seed, 1_664_525) + 1_013_904_223) >>> 0;
    return seed >>> 24;
  });
}

describe("QR codes", () => {
  it("are, module by module, those another program makes, in every version, full and not", () => {
    const sizes = new Set<number>();
    // Steps smaller than any version is wide, and the most that may be asked for.
    for (const length of [1, 2, 14, 15, 26, 27, ...Array.from({ length: 46 }, (_, n) => 42 + n * 19), 900]) {
      const bytes = bytesOf(length);
      const other = picture(byTheOther(bytes));
      // Every mask is a right code; which one is chosen is a matter of taste.
      expect(
        matrices(bytes)
          ?.map(picture)
          .filter((own) => own === other),
        `${length} bytes`,
      ).toHaveLength(1);
      sizes.add(other.indexOf("\n"));
    }
    expect(sizes.size).toBe(24);
  }, 60_000);

  it("take the mask that is read best", () => {
    // Zeros alone: without a good mask the middle would be one dark or light stretch.
    const runs = (text: string) => Math.max(...(text.match(/0+|1+/g) ?? []).map((run) => run.length));
    const [best, ...others] = matrices(new Uint8Array(60)) ?? [];
    expect(others).toHaveLength(7);
    expect(runs(picture(best as Matrix))).toBeLessThan(Math.max(...others.map((one) => runs(picture(one)))));
  });

  it("have a path with a square for every dark module", () => {
    const { size, path } = qrPath("http://plant/app/line?machine=压机") ?? { size: 0, path: "" };
    const [first] = matrices(new TextEncoder().encode("http://plant/app/line?machine=压机")) ?? [];
    const area = [...path.matchAll(/h(\d+)v1/g)].reduce((sum, [, width]) => sum + Number(width), 0);
    expect(size).toBe(29);
    expect(area).toBe(picture(first as Matrix).replace(/[^1]/g, "").length);
  });

  it("are not made of nothing, nor of more than a phone reads", () => {
    expect(qrPath("")).toBeNull();
    expect(qrPath("x".repeat(900))).not.toBeNull();
    expect(qrPath("x".repeat(901))).toBeNull();
    expect(qrPath("压".repeat(301))).toBeNull();
  });
});
