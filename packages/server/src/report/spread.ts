/**
 * Places 0 to count - 1 in an order of which every beginning is spread out: the first, the last, the middle, then the
 * middles of the halves, and so on.
 */
export function spread(count: number): number[] {
  if (count <= 2) return count === 2 ? [0, 1] : count === 1 ? [0] : [];
  const order = [0, count - 1];
  let gaps: (readonly [number, number])[] = [[0, count - 1]];
  while (gaps.length > 0) {
    const next: (readonly [number, number])[] = [];
    for (const [low, high] of gaps) {
      if (high - low < 2) continue;
      const middle = Math.floor((low + high) / 2);
      order.push(middle);
      next.push([low, middle], [middle, high]);
    }
    gaps = next;
  }
  return order;
}
