/**
 * Logarithm, exponential and power from + − × ÷ alone, so that Python and every browser give the same bits: their own
 * libraries differ in the last digit. After fdlibm (e_log.c, e_exp.c).
 */

const LN2_HI = 0.6931471803691238;
const LN2_LO = 1.9082149292705877e-10;
const LG = [
  0.6666666666666735, 0.3999999999940942, 0.2857142874366239, 0.22222198432149784, 0.1818357216161805,
  0.15313837699209373, 0.14798198605116586,
] as const;
const P = [
  0.16666666666666602, -0.0027777777777015593, 6.613756321437934e-5, -1.6533902205465252e-6,
  4.1381367970572385e-8,
] as const;
const bits = new DataView(new ArrayBuffer(8));

/** Two to a whole power from -1022 to 1023. */
function twoTo(k: number): number {
  bits.setUint32(0, (k + 1023) << 20);
  bits.setUint32(4, 0);
  return bits.getFloat64(0);
}

/** x = m × 2^k with m in [√½, √2). */
function split(x: number): [number, number] {
  let k = 0;
  let m = x;
  if (m < 2.2250738585072014e-308) {
    m *= 18014398509481984;
    k = -54;
  }
  bits.setFloat64(0, m);
  const high = bits.getUint32(0);
  k += ((high >>> 20) & 0x7ff) - 1022;
  bits.setUint32(0, (high & 0x800fffff) | 0x3fe00000);
  m = bits.getFloat64(0);
  return m < Math.SQRT1_2 ? [m * 2, k - 1] : [m, k];
}

/** Natural logarithm of x > 0. */
export function log(x: number): number {
  const [m, k] = split(x);
  const f = m - 1;
  const half = 0.5 * f * f;
  const s = f / (2 + f);
  const z = s * s;
  const w = z * z;
  const even = w * (LG[1] + w * (LG[3] + w * LG[5]));
  const odd = z * (LG[0] + w * (LG[2] + w * (LG[4] + w * LG[6])));
  return k * LN2_HI - (half - (s * (half + (odd + even)) + k * LN2_LO) - f);
}

/** e to the power of x; infinite beyond 709.78. */
export function exp(x: number): number {
  if (x > 709.782712893384) return Number.POSITIVE_INFINITY;
  if (x < -745.1332191019411) return 0;
  const k = Math.floor(x / Math.LN2 + 0.5);
  const hi = x - k * LN2_HI;
  const lo = k * LN2_LO;
  const r = hi - lo;
  const t = r * r;
  const c = r - t * (P[0] + t * (P[1] + t * (P[2] + t * (P[3] + t * P[4]))));
  const y = 1 - (lo - (r * c) / (2 - c) - hi);
  if (k > 1023) return y * 2 * twoTo(1023);
  return k < -1000 ? y * twoTo(k + 100) * twoTo(-100) : y * twoTo(k);
}

/** x to the power of y, for x > 0 or whole y; whole powers to 1024 by multiplication. May be infinite. */
export function pow(x: number, y: number): number {
  if (Number.isInteger(y) && Math.abs(y) <= 1024) {
    const whole = repeated(x, Math.abs(y));
    if (y >= 0) return whole;
    return whole === 0 ? Number.POSITIVE_INFINITY : 1 / whole;
  }
  if (x === 0) return y > 0 ? 0 : Number.POSITIVE_INFINITY;
  if (y === 0.5) return Math.sqrt(x);
  const size = exp(y * log(Math.abs(x)));
  return x < 0 && y % 2 !== 0 ? -size : size;
}

function repeated(x: number, times: number): number {
  let out = 1;
  let base = x;
  for (let left = times; left > 0; left = Math.floor(left / 2)) {
    if (left % 2 === 1) out *= base;
    if (left > 1) base *= base;
  }
  return out;
}
