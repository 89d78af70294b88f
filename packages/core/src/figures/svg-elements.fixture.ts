/** Elements of a name in an SVG, in its order: their attributes, and their text as `text`. */
export function elementsOf(svg: string, name: string): Record<string, string>[] {
  const found = svg.matchAll(new RegExp(`<${name}\\b([^>]*?)/?>(?:([^<]*)</${name}>)?`, 'g'));
  return [...found].map(([, rest = '', text]) => ({
    ...Object.fromEntries([...rest.matchAll(/([\w-]+)="([^"]*)"/g)].map(([, key = '', value = '']) => [key, value])),
    ...(text === undefined ? {} : { text }),
  }));
}

/** The texts of an SVG with their places: `name x y`. */
export function textsOf(svg: string): string[] {
  return elementsOf(svg, 'text').map(({ text, x, y }) => `${text} ${x} ${y}`);
}

/** One attribute of all elements of a name. */
export function attributesOf(svg: string, name: string, attribute: string): (string | undefined)[] {
  return elementsOf(svg, name).map((element) => element[attribute]);
}
