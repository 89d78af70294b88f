/** 1.5 * 2^23: adding it to a float of small magnitude leaves the nearest integer in the low bits. */
const ROUNDING: f32 = 12582912;

/**
 * exp of four floats, relative error below 2e-7; exactly 0 below -87.3 and capped at exp(88).
 *
 * exp(x) = 2^n exp(r) with n = round(x / ln 2) and |r| <= ln 2 / 2; exp(r) is the degree-5 polynomial of Cephes
 * `expf`, and ln 2 is split in two parts so that r loses no bits.
 */
// @ts-ignore: decorator
@inline
export function exponential(x: v128): v128 {
  const visible = f32x4.gt(x, f32x4.splat(-87.3));
  x = f32x4.min(f32x4.max(x, f32x4.splat(-87.3)), f32x4.splat(88));
  const shifted = f32x4.add(f32x4.mul(x, f32x4.splat(1.44269504088896341)), f32x4.splat(ROUNDING));
  const n = f32x4.sub(shifted, f32x4.splat(ROUNDING));
  let r = f32x4.sub(x, f32x4.mul(n, f32x4.splat(0.693359375)));
  r = f32x4.sub(r, f32x4.mul(n, f32x4.splat(-2.12194440e-4)));
  let p = f32x4.add(f32x4.mul(f32x4.splat(1.9875691500e-4), r), f32x4.splat(1.3981999507e-3));
  p = f32x4.add(f32x4.mul(p, r), f32x4.splat(8.3334519073e-3));
  p = f32x4.add(f32x4.mul(p, r), f32x4.splat(4.1665795894e-2));
  p = f32x4.add(f32x4.mul(p, r), f32x4.splat(1.6666665459e-1));
  p = f32x4.add(f32x4.mul(p, r), f32x4.splat(5.0000001201e-1));
  p = f32x4.add(f32x4.add(f32x4.mul(p, f32x4.mul(r, r)), r), f32x4.splat(1));
  return v128.and(i32x4.add(p, i32x4.shl(shifted, 23)), visible);
}

/**
 * Natural logarithm of a positive normal double, relative error below 1e-12: x = 2^e m with m in [0.71, 1.42), and
 * ln m = 2 atanh((m - 1) / (m + 1)) by its series. The standard library's version carries 8 KB of tables.
 */
export function logarithm(x: f64): f64 {
  const bits = reinterpret<u64>(x);
  let exponent = <i32>(bits >> 52) - 1023;
  let m = reinterpret<f64>((bits & 0x000fffffffffffff) | 0x3ff0000000000000);
  if (m > 1.4142135623730951) {
    m *= 0.5;
    exponent++;
  }
  const s = (m - 1) / (m + 1);
  const q = s * s;
  let series: f64 = 0;
  for (let k = 17; k >= 1; k -= 2) series = series * q + 1 / <f64>k;
  return <f64>exponent * 0.6931471805599453 + 2 * s * series;
}

/** Sum of the four lanes, always in the same order. */
// @ts-ignore: decorator
@inline
export function sumLanes(x: v128): f32 {
  return (
    f32x4.extract_lane(x, 0) + f32x4.extract_lane(x, 1) + (f32x4.extract_lane(x, 2) + f32x4.extract_lane(x, 3))
  );
}

/** Largest of the four lanes. */
// @ts-ignore: decorator
@inline
export function maxLanes(x: v128): f32 {
  return max(
    max(f32x4.extract_lane(x, 0), f32x4.extract_lane(x, 1)),
    max(f32x4.extract_lane(x, 2), f32x4.extract_lane(x, 3)),
  );
}
