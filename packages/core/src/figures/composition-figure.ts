import { figureSvg, horizontalAxis, ink, inPercent, svgText, verticalAxis } from './figure-svg.js';
import { linearScale } from './scale.js';

/** Composition of the training groups of one strategy over training; the three shares sum to 1. */
export interface CompositionPanel {
  readonly name: string;
  readonly steps: readonly number[];
  readonly allWrong: readonly number[];
  readonly mixed: readonly number[];
  readonly allCorrect: readonly number[];
}

/**
 * Stacked areas side by side: all-wrong at the bottom, mixed, all-correct on top, told apart by grey and hatching.
 *
 * @param id Of the hatching; figures in one page need different ones.
 */
export function compositionFigure(panels: readonly CompositionPanel[], id: string): string {
  const columns = Math.min(3, Math.max(1, panels.length));
  const [cell, high] = [190, 150];
  // The legend needs more room than one panel.
  const width = Math.max(370, 56 + columns * cell + 12);
  const rows = Math.ceil(panels.length / columns);
  const height = 30 + rows * (high + 62) + 22;
  const hatch = `<pattern id="${id}" width="5" height="5" patternUnits="userSpaceOnUse" patternTransform="rotate(45)"><rect width="5" height="5" fill="#ffffff"/><line x1="0" y1="0" x2="0" y2="5" stroke="#5c5c5c" stroke-width="1.6"/></pattern>`;
  const fills = ['#4d4d4d', `url(#${id})`, '#f0f0f0'] as const;
  const drawn = panels.map((panel, index) => {
    const left = 56 + (index % columns) * cell;
    const right = left + cell - 24;
    const top = 48 + Math.floor(index / columns) * (high + 62);
    const bottom = top + high;
    const x = linearScale(panel.steps[0] ?? 0, panel.steps.at(-1) ?? 1, left, right, true);
    const y = linearScale(0, 1, bottom, top, true);
    const first = panel.allWrong;
    const second = first.map((value, at) => value + (panel.mixed[at] ?? 0));
    const zeros = first.map(() => 0);
    const area = (lower: readonly number[], upper: readonly number[], fill: string): string => {
      const at = (values: readonly number[]) =>
        panel.steps.map((step, place) => `${x.at(step).toFixed(1)},${y.at(values[place] ?? 0).toFixed(1)}`);
      return `<polygon points="${[...at(upper), ...at(lower).reverse()].join(' ')}" fill="${fill}" stroke="${ink}" stroke-width="0.5"/>`;
    };
    return [
      svgText((left + right) / 2, top - 6, panel.name, 'text-anchor="middle"'),
      verticalAxis(
        y,
        left,
        right,
        index % columns === 0 ? 'groups (%)' : '',
        index % columns === 0 ? inPercent : () => '',
      ),
      area(zeros, first, fills[0]),
      area(first, second, fills[1]),
      area(
        second,
        zeros.map(() => 1),
        fills[2],
      ),
      horizontalAxis(x, bottom, 'training step', String),
    ].join('\n');
  });
  const legend = (['all-wrong', 'mixed', 'all-correct'] as const).map((name, index) => {
    const at = 56 + index * 100;
    return `<rect x="${at}" y="${height - 18}" width="12" height="10" fill="${fills[index] as string}" stroke="${ink}" stroke-width="0.5"/>${svgText(at + 17, height - 9, name)}`;
  });
  const said = panels.map(({ name, allWrong }) => {
    const [from, to] = [allWrong[0], allWrong.at(-1)];
    if (from === undefined || to === undefined) return `${name} has no values`;
    return `${name}: all-wrong from ${inPercent(from)}% to ${inPercent(to)}%`;
  });
  const title = 'Composition of training groups';
  return figureSvg({ width, height, title, description: `${said.join('; ')}.` }, [
    `<defs>${hatch}</defs>`,
    svgText(14, 16, title, 'font-size="12" font-weight="bold"'),
    ...drawn,
    ...legend,
  ]);
}
