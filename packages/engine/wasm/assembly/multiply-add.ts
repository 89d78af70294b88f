/**
 * a b + c. In the module built with relaxed SIMD one instruction where the processor has it, rounded once; otherwise a
 * product and a sum, rounded each. `c + a b` is what it replaces, so it is what loops that sum products are written with.
 */
// @ts-ignore: decorator
@inline
export function multiplyAdd(a: v128, b: v128, c: v128): v128 {
  if (ASC_FEATURE_RELAXED_SIMD) return f32x4.relaxed_madd(a, b, c);
  return f32x4.add(c, f32x4.mul(a, b));
}
