/** How one series of a figure is drawn: told apart by colour, and without it by dashes and markers. */
export interface SeriesStyle {
  readonly colour: string;
  /** `stroke-dasharray`; empty: a full line. */
  readonly dash: string;
  readonly marker: Marker;
}

type Marker = 'circle' | 'square' | 'triangle' | 'diamond' | 'cross' | 'ring';

/** The palette of Okabe and Ito (2008), which readers with any colour vision can tell apart, darkest first. */
const colours = ['#000000', '#0072b2', '#d55e00', '#009e73', '#cc79a7', '#e69f00', '#56b4e9', '#7f7f7f'];
const dashes = ['', '7 3', '2 2.5', '9 3 2 3', '4 2', '1.5 4', '12 4', '9 3 2 3 2 3'];
const markers: readonly Marker[] = ['circle', 'square', 'triangle', 'diamond', 'cross', 'ring'];

/** The style of the series at a place. After eight, colours come again with other markers. */
export function seriesStyle(index: number): SeriesStyle {
  return {
    colour: colours[index % colours.length] as string,
    dash: dashes[index % dashes.length] as string,
    marker: markers[index % markers.length] as Marker,
  };
}

/** A marker centred at a point. */
export function markerAt({ colour, marker }: SeriesStyle, x: number, y: number, size = 3): string {
  const place = (dx: number, dy: number): string => `${(x + dx * size).toFixed(2)},${(y + dy * size).toFixed(2)}`;
  switch (marker) {
    case 'circle':
      return `<circle cx="${x.toFixed(2)}" cy="${y.toFixed(2)}" r="${size}" fill="${colour}"/>`;
    case 'ring':
      return `<circle cx="${x.toFixed(2)}" cy="${y.toFixed(2)}" r="${size}" fill="#fff" stroke="${colour}" stroke-width="1.2"/>`;
    case 'square':
      return `<rect x="${(x - size).toFixed(2)}" y="${(y - size).toFixed(2)}" width="${2 * size}" height="${2 * size}" fill="${colour}"/>`;
    case 'triangle':
      return `<polygon points="${place(0, -1.2)} ${place(1.1, 0.9)} ${place(-1.1, 0.9)}" fill="${colour}"/>`;
    case 'diamond':
      return `<polygon points="${place(0, -1.3)} ${place(1.3, 0)} ${place(0, 1.3)} ${place(-1.3, 0)}" fill="${colour}"/>`;
    case 'cross':
      return `<path d="M${place(-1, -1)}L${place(1, 1)}M${place(-1, 1)}L${place(1, -1)}" stroke="${colour}" stroke-width="1.6"/>`;
  }
}
