import { join } from 'node:path';
import { comparisonFigures, comparisonReport, writeFileWhole, type RunComparison } from '@turnwise/core';

/** Writes `compare.json`, `report.html` and `figures/*.svg`, each whole or not at all. */
export async function writeComparison(folder: string, comparison: RunComparison, source: string): Promise<void> {
  const figures = comparisonFigures(comparison);
  for (const { name, svg } of figures) await writeFileWhole(join(folder, 'figures', `${name}.svg`), svg);
  await writeFileWhole(join(folder, 'report.html'), comparisonReport(comparison, figures, source));
  await writeFileWhole(join(folder, 'compare.json'), `${JSON.stringify(comparison, null, 2)}\n`);
}
