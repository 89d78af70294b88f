const bits = new Uint32Array(1);
const float = new Float32Array(bits.buffer);

/** The float32 with the same value as a bfloat16, given as its 16 bits: its upper half. */
export function bfloat16ToFloat32(half: number): number {
  bits[0] = half << 16;
  return float[0] ?? NaN;
}

/** The value of an IEEE 754 binary16, given as its 16 bits. */
export function float16ToFloat32(half: number): number {
  const sign = half & 0x8000 ? -1 : 1;
  const exponent = (half >> 10) & 31;
  const fraction = half & 1023;
  if (exponent === 0) return sign * fraction * 2 ** -24;
  if (exponent === 31) return fraction ? NaN : sign * Infinity;
  return sign * (1 + fraction / 1024) * 2 ** (exponent - 15);
}
