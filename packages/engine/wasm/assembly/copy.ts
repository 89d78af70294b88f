/** Copies `bytes` bytes (a multiple of 16). For short rows a loop beats memory.copy, which leaves the module. */
// @ts-ignore: decorator
@inline
export function copyFloats(source: usize, destination: usize, bytes: usize): void {
  for (let i: usize = 0; i < bytes; i += 16) v128.store(destination + i, v128.load(source + i));
}

/** destination[rows, size] = source[rows, size] between two row strides, in bytes; `size` is a multiple of 4. */
export function copyRows(
  source: usize, sourceStride: usize, destination: usize, destinationStride: usize, rows: i32, size: i32,
): void {
  for (let row = 0; row < rows; row++) {
    copyFloats(source, destination, <usize>size << 2);
    source += sourceStride;
    destination += destinationStride;
  }
}

/** destination[i] = source[rows[i]], `size` floats a row. */
export function gatherRows(source: usize, rows: usize, count: i32, destination: usize, size: i32): void {
  const bytes = <usize>size << 2;
  for (let i = 0; i < count; i++) {
    copyFloats(source + <usize>load<i32>(rows) * bytes, destination, bytes);
    destination += bytes;
    rows += 4;
  }
}

/** destination[rows[i]] += source[i]: the transpose of `gatherRows`. */
export function scatterRows(source: usize, rows: usize, count: i32, destination: usize, size: i32): void {
  const bytes = <usize>size << 2;
  for (let k = 0; k < count; k++) {
    const target = destination + <usize>load<i32>(rows) * bytes;
    for (let i: usize = 0; i < bytes; i += 16) {
      v128.store(target + i, f32x4.add(v128.load(target + i), v128.load(source + i)));
    }
    source += bytes;
    rows += 4;
  }
}
