import { multiplyAdd } from './multiply-add';

/**
 * The constants of `exponential`, four lanes each. They are loaded from memory because V8 (as of Node 20) builds a
 * vector constant from three instructions on one execution port at every use, which made this function four times
 * slower.
 */
const CONSTANTS: usize = memory.data<f32>([
  -60, -60, -60, -60, // below this the result is 0
  1.44269504088896341, 1.44269504088896341, 1.44269504088896341, 1.44269504088896341, // 1 / ln 2
  12582912, 12582912, 12582912, 12582912, // 1.5 * 2^23: adding it leaves the nearest integer in the low bits
  -0.693359375, -0.693359375, -0.693359375, -0.693359375, // -ln 2 in two parts
  2.12194440e-4, 2.12194440e-4, 2.12194440e-4, 2.12194440e-4,
  1.9875691500e-4, 1.9875691500e-4, 1.9875691500e-4, 1.9875691500e-4, // polynomial, highest degree first
  1.3981999507e-3, 1.3981999507e-3, 1.3981999507e-3, 1.3981999507e-3,
  8.3334519073e-3, 8.3334519073e-3, 8.3334519073e-3, 8.3334519073e-3,
  4.1665795894e-2, 4.1665795894e-2, 4.1665795894e-2, 4.1665795894e-2,
  1.6666665459e-1, 1.6666665459e-1, 1.6666665459e-1, 1.6666665459e-1,
  5.0000001201e-1, 5.0000001201e-1, 5.0000001201e-1, 5.0000001201e-1,
  1, 1, 1, 1,
], 16);

/**
 * exp of four floats up to 88, relative error below 2e-7; exactly 0 below -60; NaN stays NaN. Beside a softmax's
 * largest term of 1, what vanishes (below 9e-27) is far below rounding; kept, it would give denormal products, which a
 * processor takes a hundred times longer to compute.
 *
 * exp(x) = 2^n exp(r) with n = round(x / ln 2) and |r| <= ln 2 / 2; exp(r) is the degree-5 polynomial of Cephes
 * `expf`, and ln 2 is split in two parts so that r loses no bits. The polynomial is summed by Estrin's scheme: what
 * limits a loop over exponentials is not their number but how long each one's chain of operations is.
 */
// @ts-ignore: decorator
@inline
export function exponential(x: v128): v128 {
  const least = v128.load(CONSTANTS);
  const vanished = f32x4.lt(x, least);
  // The p-variant is one instruction; the plain one spends six on the sign of zero.
  x = f32x4.pmax(x, least);
  const rounding = v128.load(CONSTANTS, 32);
  const shifted = f32x4.add(f32x4.mul(x, v128.load(CONSTANTS, 16)), rounding);
  const n = f32x4.sub(shifted, rounding);
  let r = f32x4.add(x, f32x4.mul(n, v128.load(CONSTANTS, 48)));
  r = f32x4.add(r, f32x4.mul(n, v128.load(CONSTANTS, 64)));
  const square = f32x4.mul(r, r);
  const high = f32x4.add(f32x4.mul(v128.load(CONSTANTS, 80), r), v128.load(CONSTANTS, 96));
  const middle = f32x4.add(f32x4.mul(v128.load(CONSTANTS, 112), r), v128.load(CONSTANTS, 128));
  const low = f32x4.add(f32x4.mul(v128.load(CONSTANTS, 144), r), v128.load(CONSTANTS, 160));
  let p = f32x4.add(f32x4.mul(f32x4.add(f32x4.mul(high, square), middle), square), low);
  p = f32x4.add(f32x4.add(f32x4.mul(p, square), r), v128.load(CONSTANTS, 176));
  return v128.andnot(i32x4.add(p, i32x4.shl(shifted, 23)), vanished);
}

/** The same with `multiplyAdd`: faster, and in the two modules not the same to the bit. */
// @ts-ignore: decorator
@inline
export function fusedExponential(x: v128): v128 {
  const least = v128.load(CONSTANTS);
  const vanished = f32x4.lt(x, least);
  x = f32x4.pmax(x, least);
  const rounding = v128.load(CONSTANTS, 32);
  const shifted = multiplyAdd(x, v128.load(CONSTANTS, 16), rounding);
  const n = f32x4.sub(shifted, rounding);
  const r = multiplyAdd(n, v128.load(CONSTANTS, 64), multiplyAdd(n, v128.load(CONSTANTS, 48), x));
  const square = f32x4.mul(r, r);
  const high = multiplyAdd(v128.load(CONSTANTS, 80), r, v128.load(CONSTANTS, 96));
  const middle = multiplyAdd(v128.load(CONSTANTS, 112), r, v128.load(CONSTANTS, 128));
  const low = multiplyAdd(v128.load(CONSTANTS, 144), r, v128.load(CONSTANTS, 160));
  let p = multiplyAdd(multiplyAdd(high, square, middle), square, low);
  p = f32x4.add(multiplyAdd(p, square, r), v128.load(CONSTANTS, 176));
  return v128.andnot(i32x4.add(p, i32x4.shl(shifted, 23)), vanished);
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
