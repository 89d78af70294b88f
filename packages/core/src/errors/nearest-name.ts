/**
 * The name among `names` that was probably meant: the smallest edit distance (insert, delete, replace, swap of
 * neighbours; case ignored), at most a third of the length and never more than 3. `null` when nothing is near.
 */
export function nearestName(name: string, names: Iterable<string>): string | null {
  const limit = Math.min(3, Math.max(1, Math.floor(name.length / 3)));
  let best: string | null = null;
  let bestDistance = limit + 1;
  for (const candidate of names) {
    const distance = editDistance(name.toLowerCase(), candidate.toLowerCase());
    if (distance < bestDistance) [best, bestDistance] = [candidate, distance];
  }
  return best;
}

/** ` Did you mean "x"?`, or nothing: to be appended to a message. */
export function suggestion(name: string, names: Iterable<string>): string {
  const nearest = nearestName(name, names);
  // The name itself among the names: it is known, only not allowed here.
  return nearest === null || nearest === name ? '' : ` Did you mean ${JSON.stringify(nearest)}?`;
}

/** Damerau-Levenshtein distance, the restricted form in which no part is edited twice. */
function editDistance(left: string, right: string): number {
  let twoBack: number[] = [];
  let oneBack = Array.from({ length: right.length + 1 }, (_, column) => column);
  for (let row = 1; row <= left.length; row++) {
    const current = [row];
    for (let column = 1; column <= right.length; column++) {
      const same = left[row - 1] === right[column - 1];
      let distance = Math.min(
        (oneBack[column] ?? 0) + 1,
        (current[column - 1] ?? 0) + 1,
        (oneBack[column - 1] ?? 0) + (same ? 0 : 1),
      );
      const swapped =
        row > 1 && column > 1 && left[row - 1] === right[column - 2] && left[row - 2] === right[column - 1];
      if (swapped) distance = Math.min(distance, (twoBack[column - 2] ?? 0) + 1);
      current.push(distance);
    }
    [twoBack, oneBack] = [oneBack, current];
  }
  return oneBack[right.length] ?? 0;
}
