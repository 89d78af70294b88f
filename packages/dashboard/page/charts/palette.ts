/** The palette of Okabe and Ito (2008), which readers with any colour vision can tell apart. */
const light = ['#0072b2', '#d55e00', '#009e73', '#cc79a7', '#8a6d00', '#56b4e9', '#000000', '#7f7f7f'];
const dark = ['#56b4e9', '#ff9d5c', '#4fd1a5', '#e7a6cc', '#e6c84f', '#8fd0ff', '#ffffff', '#a9a9a9'];
const dashes = [[], [7, 3], [2, 2.5], [9, 3, 2, 3], [4, 2], [1.5, 4], [12, 4], [9, 3, 2, 3, 2, 3]];

export interface Palette {
  readonly ink: string;
  readonly grid: string;
  /** Of lines where something happened. */
  readonly mark: string;
  readonly colours: readonly string[];
  /** For areas, opaque: stacked ones lie over one another. By place, as `colours`. */
  readonly fills: readonly string[];
}

const lightFills = ['#a9cbe6', '#f2c3a4', '#a8dcc6', '#ecd0de', '#e2d8b0', '#cfe8f8', '#bdbdbd', '#d4d4d4'];
const darkFills = ['#1f4a6b', '#7a3d1b', '#1d5a44', '#6b4059', '#5c5020', '#2c5873', '#5a5a5a', '#474747'];

function isDark(): boolean {
  const chosen = document.documentElement.getAttribute('data-theme');
  return chosen === null ? matchMedia('(prefers-color-scheme: dark)').matches : chosen === 'dark';
}

export function palette(): Palette {
  return isDark()
    ? { ink: '#c7ccd1', grid: '#31373d', mark: '#ff9d5c', colours: dark, fills: darkFills }
    : { ink: '#3a4046', grid: '#e3e6e9', mark: '#c24e00', colours: light, fills: lightFills };
}

export const colourAt = (colours: readonly string[], index: number): string =>
  colours[index % colours.length] as string;
export const dashAt = (index: number): number[] => dashes[index % dashes.length] as number[];
