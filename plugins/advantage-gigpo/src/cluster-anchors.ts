/**
 * Groups equal or similar texts: each text joins the first cluster whose first member is similar enough, or starts a
 * new one. Returns the indices of each cluster. `null` (the prompt) equals only itself.
 *
 * @param similarity 1 for identical texts; below, the smallest share of words in common, 2 x common / (words of both),
 *   which is what difflib's `quick_ratio` computes, on words
 */
export function clusterAnchors(anchors: readonly (string | null)[], similarity: number): number[][] {
  const exact = new Map<string | null, number[]>();
  const clusters: { words: ReadonlyMap<string, number>; members: number[] }[] = [];
  anchors.forEach((anchor, index) => {
    const same = exact.get(anchor);
    if (same) {
      same.push(index);
      return;
    }
    const words = similarity < 1 && anchor !== null ? wordCounts(anchor) : null;
    const similar = words && clusters.find((cluster) => overlap(cluster.words, words) >= similarity);
    const members = similar ? similar.members : [];
    members.push(index);
    exact.set(anchor, members);
    if (!similar) clusters.push({ words: words ?? new Map(), members });
  });
  return clusters.map(({ members }) => members);
}

function wordCounts(text: string): Map<string, number> {
  const counts = new Map<string, number>();
  for (const word of text.split(/\s+/)) if (word !== '') counts.set(word, (counts.get(word) ?? 0) + 1);
  return counts;
}

function overlap(left: ReadonlyMap<string, number>, right: ReadonlyMap<string, number>): number {
  let common = 0;
  let total = 0;
  for (const [word, count] of left) common += Math.min(count, right.get(word) ?? 0);
  for (const counts of [left, right]) for (const count of counts.values()) total += count;
  return total === 0 ? 0 : (2 * common) / total;
}
