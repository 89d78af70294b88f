import type { ChartProps } from './plot.js';

/**
 * Writes what the lines are at a place beside their names, and says it on the slider, past the framework: the pointer
 * moves often.
 */
export function readOff(
  { x, lines }: ChartProps,
  places: readonly (HTMLElement | null)[],
  slider: HTMLInputElement | null,
  place: number | null,
): void {
  const outputs = places.flatMap((element) => [...(element?.querySelectorAll('output') ?? [])]);
  const texts = lines.map(({ values, told = values }) => {
    const value = place === null ? undefined : told[place];
    return value === undefined || Number.isNaN(value) ? '' : short(value);
  });
  const step = place === null ? undefined : x[place];
  const where = step === undefined ? '' : `step ${step}`;
  [...texts, where].forEach((text, index) => {
    const output = outputs[index];
    if (output !== undefined && output.textContent !== text) output.textContent = text;
  });
  if (slider === null || document.activeElement !== slider) return;
  const said = lines.map(({ label }, index) => `${label} ${texts[index] || 'has no value'}`);
  slider.setAttribute('aria-valuetext', [where, ...said].join('; '));
}

const short = (value: number): string => String(Number(value.toPrecision(4)));

/** The last number of each line, for readers who hear the page. */
export function described({ title, lines, x }: ChartProps): string {
  const last = lines.map(({ label, values, told = values }) => {
    const value = told.findLast((each) => !Number.isNaN(each));
    return `${label} ${value === undefined ? 'has no values' : `ends at ${short(value)}`}`;
  });
  return `${title}, to step ${x.at(-1) ?? 0}: ${last.join('; ')}`;
}
