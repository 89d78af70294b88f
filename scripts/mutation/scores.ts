import type { MutantStatus } from '@stryker-mutator/api/core';

/** Mutants by package: how many there were, and what became of them. Score: noticed (killed, or out of time) of all that were run or reached by no test. */
export function scoreTable(mutants: readonly { readonly file: string; readonly status: MutantStatus }[]): string {
  const parts = new Map<string, MutantStatus[]>();
  for (const { file, status } of mutants) {
    const part = partOf(file);
    parts.set(part, [...(parts.get(part) ?? []), status]);
  }
  const rows = [...parts]
    .sort(([left], [right]) => left.localeCompare(right))
    .map(([part, statuses]) => row(part, statuses));
  return [
    '| code | mutants | killed | timeout | survived | no coverage | score | of those reached |',
    '| --- | --- | --- | --- | --- | --- | --- | --- |',
    ...rows,
    row(
      'all',
      mutants.map(({ status }) => status),
    ),
  ].join('\n');
}

/** A plugin, or a folder of a package. */
function partOf(file: string): string {
  const [kind, name, , folder] = file.split('/');
  return kind === 'packages' && folder?.endsWith('.ts') === false ? `${kind}/${name}/src/${folder}` : `${kind}/${name}`;
}

function row(part: string, statuses: readonly MutantStatus[]): string {
  const count = (wanted: MutantStatus) => statuses.filter((status) => status === wanted).length;
  const [killed, timeout, survived, missed] = (['Killed', 'Timeout', 'Survived', 'NoCoverage'] as const).map(count) as [
    number,
    number,
    number,
    number,
  ];
  const noticed = killed + timeout;
  const percent = (all: number) => (all === 0 ? '' : `${((100 * noticed) / all).toFixed(1)}%`);
  return `| ${[part, noticed + survived + missed, killed, timeout, survived, missed, percent(noticed + survived + missed), percent(noticed + survived)].join(' | ')} |`;
}
