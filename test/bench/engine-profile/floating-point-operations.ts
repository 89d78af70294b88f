/**
 * Additions and multiplications of the matrix products in a kernel's call, from its arguments; 0 for the kernels that
 * are not made of products. Attention counts the pairs of a query and a key that it may see, not whole tiles.
 */
export function floatingPointOperations(kernel: string, args: readonly number[]): number {
  const at = (index: number): number => args[index] ?? NaN;
  switch (kernel) {
    case 'multiply': // rows, columns, depth
      return 2 * at(5) * at(6) * at(7);
    case 'accumulateOuter': // rows, outputs, inputs
      return 2 * at(5) * at(6) * at(7);
    case 'attention': // firstPosition, rows, headSize: queries by keys, weights by values
      return 2 * 2 * visiblePairs(at(10), at(11)) * at(12);
    case 'attentionBackward': // the two again, and the gradients of queries, keys and values
      return 5 * 2 * visiblePairs(at(14), at(15)) * at(16);
    default:
      return 0;
  }
}

/** Of `rows` queries from `firstPosition` on, each with every key up to its own position. */
function visiblePairs(firstPosition: number, rows: number): number {
  return rows * firstPosition + (rows * (rows + 1)) / 2;
}
