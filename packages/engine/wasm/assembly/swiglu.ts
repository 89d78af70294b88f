import { fusedExponential } from './exponential';

/**
 * 1 / (1 + exp(-x)); zero, one and 88, beyond which the exponential would overflow, are passed in so that loops hold
 * them in registers.
 */
// @ts-ignore: decorator
@inline
function sigmoid(x: v128, zero: v128, one: v128, most: v128): v128 {
  return f32x4.div(one, f32x4.add(one, fusedExponential(f32x4.pmin(f32x4.sub(zero, x), most))));
}

/**
 * activated[rows, size] = gate sigmoid(gate) up, where gateUp[rows, 2 size] holds the gate in its first half and the
 * up projection in its second. Shazeer 2020, "GLU Variants Improve Transformer". `size` is a multiple of 4.
 */
export function swiglu(gateUp: usize, activated: usize, rows: i32, size: i32): void {
  const bytes = <usize>size << 2;
  const zero = f32x4.splat(0);
  const one = f32x4.splat(1);
  const most = f32x4.splat(88);
  for (let row = 0; row < rows; row++) {
    for (let i: usize = 0; i < bytes; i += 16) {
      const gate = v128.load(gateUp + i);
      const up = v128.load(gateUp + bytes + i);
      v128.store(activated + i, f32x4.mul(f32x4.mul(gate, sigmoid(gate, zero, one, most)), up));
    }
    gateUp += bytes << 1;
    activated += bytes;
  }
}

/**
 * From gateUp[rows, 2 size] and dActivated[rows, size] writes dGateUp[rows, 2 size], and activated[rows, size] again
 * (the weight gradient needs it and recomputing it is cheaper than keeping it).
 */
export function swigluBackward(
  gateUp: usize, dActivated: usize, dGateUp: usize, activated: usize, rows: i32, size: i32,
): void {
  const bytes = <usize>size << 2;
  const zero = f32x4.splat(0);
  const one = f32x4.splat(1);
  const most = f32x4.splat(88);
  for (let row = 0; row < rows; row++) {
    for (let i: usize = 0; i < bytes; i += 16) {
      const gate = v128.load(gateUp + i);
      const up = v128.load(gateUp + bytes + i);
      const d = v128.load(dActivated + i);
      const s = sigmoid(gate, zero, one, most);
      const silu = f32x4.mul(gate, s);
      v128.store(activated + i, f32x4.mul(silu, up));
      v128.store(dGateUp + bytes + i, f32x4.mul(d, silu));
      // silu'(x) = s + x s (1 - s) = s + silu (1 - s)
      const slope = f32x4.add(s, f32x4.mul(silu, f32x4.sub(one, s)));
      v128.store(dGateUp + i, f32x4.mul(f32x4.mul(d, up), slope));
    }
    gateUp += bytes << 1;
    dGateUp += bytes << 1;
    dActivated += bytes;
    activated += bytes;
  }
}
