import { readFileSync } from 'node:fs';
import { setFlagsFromString } from 'node:v8';

/**
 * Whether the kernels use the fused multiply-add of relaxed SIMD, which rounds once where the plain instructions round
 * twice: a little faster, the same tests, other low bits. Equal on all processors that have the instruction.
 *
 * - `auto`: where the runtime has it of itself (Node 22 and later).
 * - `on`: also on Node 20, where V8 has it behind a flag, which is then set for the process; an Error where the runtime does not
 *   have it at all.
 * - `off`: never; the bits are then the same on every machine and version of Node.
 */
export type RelaxedSimd = 'auto' | 'on' | 'off';

export interface KernelModule {
  /** A WebAssembly.Module. */
  readonly module: object;
  readonly relaxed: boolean;
}

// TypeScript's Node types leave WebAssembly to the DOM library.
declare const WebAssembly: { Module: new (bytes: Uint8Array) => object; validate(bytes: Uint8Array): boolean };

/** A module of one function that returns f32x4.relaxed_madd of zeros. */
const PROBE = Uint8Array.from([
  ...[0x00, 0x61, 0x73, 0x6d, 0x01, 0x00, 0x00, 0x00],
  ...[0x01, 0x05, 0x01, 0x60, 0x00, 0x01, 0x7b], // type: () -> v128
  ...[0x03, 0x02, 0x01, 0x00],
  ...[0x0a, 0x13, 0x01, 0x11, 0x00],
  ...[0x41, 0x00, 0xfd, 0x11, 0x41, 0x00, 0xfd, 0x11, 0x41, 0x00, 0xfd, 0x11], // three times i32x4.splat(0)
  ...[0xfd, 0x85, 0x02, 0x0b],
]);

/** V8's name for it before it was finished (Node 20); one that knows the instruction without it no longer has the flag. */
const FLAG = 'experimental-wasm-relaxed-simd';

/**
 * Whether V8 has it of itself: finished in 11.4. Not only by trying: once anybody in the process has set the flag, trying
 * succeeds, and an engine that asks for the flag is not to change what others mean by `auto`.
 */
const native = isFinishedIn(process.versions.v8) && WebAssembly.validate(PROBE);

function isFinishedIn(version: string): boolean {
  const [major = 0, minor = 0] = version.split('.').map(Number);
  return major > 11 || (major === 11 && minor >= 4);
}

let plain: KernelModule | undefined;
let relaxed: KernelModule | undefined;

/** The compiled kernels, plain or with relaxed SIMD; each is compiled once a thread. */
export function kernelModule(relaxedSimd: RelaxedSimd): KernelModule {
  if (relaxedSimd === 'on' || (relaxedSimd === 'auto' && native)) {
    return (relaxed ??= { module: compileRelaxed(), relaxed: true });
  }
  return (plain ??= { module: compile('engine.wasm'), relaxed: false });
}

/** The flag stays set: threads share it, and one that took it back could do so while another compiles. */
function compileRelaxed(): object {
  if (!native) setFlagsFromString(`--${FLAG}`);
  if (!WebAssembly.validate(PROBE)) {
    throw new Error(`relaxedSimd: on, but Node ${process.version} has no relaxed SIMD; use auto or off`);
  }
  return compile('engine-relaxed.wasm');
}

// The path holds from src/ and from the bundle in dist/ alike: keep this file at the top of src.
function compile(file: string): object {
  return new WebAssembly.Module(readFileSync(new URL(`../wasm/${file}`, import.meta.url)));
}
