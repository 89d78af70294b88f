const bits = new Uint32Array(1);
const float = new Float32Array(bits.buffer);

/** The float32 with the same value as a bfloat16, given as its 16 bits: its upper half. */
export function bfloat16ToFloat32(half: number): number {
  bits[0] = half << 16;
  return float[0] ?? NaN;
}

/** The bfloat16 nearest to a number, ties to even, as its 16 bits. */
export function float32ToBfloat16(value: number): number {
  if (Number.isNaN(value)) return 0x7fc0;
  float[0] = value;
  const whole = bits[0] ?? 0;
  return ((whole + 0x7fff + ((whole >>> 16) & 1)) >>> 16) & 0xffff;
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

/** The IEEE 754 binary16 nearest to a float32, ties to even, as its 16 bits; beyond its range infinity. */
export function float32ToFloat16(value: number): number {
  const sign = value < 0 || Object.is(value, -0) ? 0x8000 : 0;
  const size = Math.abs(value);
  if (Number.isNaN(value)) return 0x7e00;
  // 65520 is half way between the largest number, 65504, and the next power of two.
  if (size >= 65_520) return sign | 0x7c00;
  const exponent = Math.max(-14, Math.floor(Math.log2(size)));
  // Units in the last place; 1024 to 2047 of them for normal numbers. Carries run into the exponent as they should.
  const units = roundToEven(size * 2 ** (10 - exponent));
  return sign | (((exponent + 14) << 10) + units);
}

function roundToEven(value: number): number {
  const below = Math.floor(value);
  const rest = value - below;
  return rest > 0.5 || (rest === 0.5 && below % 2 === 1) ? below + 1 : below;
}
