import { TurnwiseError, type PackageInspection } from '@turnwise/core';

/** What is known of an installed plugin, for people. */
export function inspectionText(found: PackageInspection): string {
  const { name, version, description, manifest, folder, entry, integrity, dependencies, problems } = found;
  const what = manifest === null ? 'no plugin' : `${manifest.kind} ${manifest.id}, interface ${manifest.apiVersion}`;
  const rows = [
    [`${name}@${version}`, description],
    ['  is', what],
    ['  folder', folder],
    ['  entry', entry ?? 'none'],
    ['  integrity', integrity],
    ['  depends on', dependencies.join(', ') || 'nothing'],
    ...problems.map(({ serious, text, mend }) => [serious ? '  PROBLEM' : '  note', `${text}; ${mend}`]),
  ];
  return rows.map(([label = '', text = '']) => `${label.padEnd(13)} ${text}`.trimEnd()).join('\n');
}

/** Throws `PLUGIN_UNSOUND` when one of them will not run. */
export function requireSound(found: readonly PackageInspection[]): void {
  const unsound = found.filter(({ problems }) => problems.some(({ serious }) => serious));
  if (unsound.length === 0) return;
  const texts = unsound.map(({ name, problems }) => {
    const serious = problems.filter((problem) => problem.serious);
    return `${name}: ${serious.map(({ text }) => text).join('; ')}`;
  });
  throw new TurnwiseError(
    'PLUGIN_UNSOUND',
    `${unsound.length} of ${found.length} plugins will not run: ${texts.join('. ')}.`,
    {
      where: unsound.map(({ folder }) => folder).join(', '),
      hint: unsound
        .flatMap(({ problems }) => problems.filter(({ serious }) => serious).map(({ mend }) => mend))
        .join('; '),
    },
  );
}
