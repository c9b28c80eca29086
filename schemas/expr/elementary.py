"""Logarithm, exponential and power from + − × ÷ alone, so that Python and every browser give the same bits.

Their own libraries differ in the last digit. After fdlibm (e_log.c, e_exp.c); twin of sdk/expr/elementary.ts.
"""

from __future__ import annotations

import math
from typing import Final

_LN2: Final = 0.6931471805599453
_LN2_HI: Final = 0.6931471803691238
_LN2_LO: Final = 1.9082149292705877e-10
_SQRT_HALF: Final = 0.7071067811865476
_LG: Final = (
    0.6666666666666735,
    0.3999999999940942,
    0.2857142874366239,
    0.22222198432149784,
    0.1818357216161805,
    0.15313837699209373,
    0.14798198605116586,
)
_P: Final = (
    0.16666666666666602,
    -0.0027777777777015593,
    6.613756321437934e-5,
    -1.6533902205465252e-6,
    4.1381367970572385e-8,
)
#: Whole powers up to this one are multiplied out.
_WHOLE_MAX: Final = 1024


def log(x: float) -> float:
    """Natural logarithm of x > 0."""
    m, k = math.frexp(x)
    if m < _SQRT_HALF:
        m, k = m * 2, k - 1
    f = m - 1
    half = 0.5 * f * f
    s = f / (2 + f)
    z = s * s
    w = z * z
    even = w * (_LG[1] + w * (_LG[3] + w * _LG[5]))
    odd = z * (_LG[0] + w * (_LG[2] + w * (_LG[4] + w * _LG[6])))
    return k * _LN2_HI - (half - (s * (half + (odd + even)) + k * _LN2_LO) - f)


def exp(x: float) -> float:
    """e to the power of x; infinite beyond 709.78."""
    if x > 709.782712893384:
        return math.inf
    if x < -745.1332191019411:
        return 0.0
    k = math.floor(x / _LN2 + 0.5)
    hi = x - k * _LN2_HI
    lo = k * _LN2_LO
    r = hi - lo
    t = r * r
    c = r - t * (_P[0] + t * (_P[1] + t * (_P[2] + t * (_P[3] + t * _P[4]))))
    y = 1 - (lo - (r * c) / (2 - c) - hi)
    if k > 1023:
        return y * 2 * math.ldexp(1.0, 1023)
    if k < -1000:
        return y * math.ldexp(1.0, k + 100) * math.ldexp(1.0, -100)
    return y * math.ldexp(1.0, k)


def power(x: float, y: float) -> float:
    """x to the power of y, for x > 0 or whole y. May be infinite."""
    if y.is_integer() and abs(y) <= _WHOLE_MAX:
        whole = _repeated(x, int(abs(y)))
        if y >= 0:
            return whole
        return math.inf if whole == 0 else 1 / whole
    if x == 0:
        return 0.0 if y > 0 else math.inf
    if y == 0.5:
        return math.sqrt(x)
    size = exp(y * log(abs(x)))
    return -size if x < 0 and math.fmod(y, 2) != 0 else size


def _repeated(x: float, times: int) -> float:
    out, base, left = 1.0, x, times
    while left > 0:
        if left % 2 == 1:
            out *= base
        if left > 1:
            base *= base
        left //= 2
    return out
