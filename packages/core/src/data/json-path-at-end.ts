/**
 * The path of the value in which a piece of JSON stops, e.g. `trajectories[3].turns[0].output.text`; the empty text at
 * the top level. Works on the valid beginning of a document, which is what a cut-off file or `JSON.parse` leaves.
 */
export function jsonPathAtEnd(text: string): string {
  const open: (ObjectPlace | ListPlace)[] = [];
  for (let at = 0; at < text.length; at++) {
    const character = text[at];
    const place = open.at(-1);
    if (character === '"') {
      const end = endOfString(text, at);
      if (place?.kind === 'object' && !place.inValue) {
        // A key that is cut off itself names nothing yet.
        if (end === text.length) break;
        place.key = text.slice(at + 1, end);
      }
      at = end;
    } else if (character === '{') open.push({ kind: 'object', key: '', inValue: false });
    else if (character === '[') open.push({ kind: 'list', index: 0 });
    else if (character === '}' || character === ']') open.pop();
    else if (character === ':' && place?.kind === 'object') place.inValue = true;
    else if (character === ',' && place?.kind === 'list') place.index++;
    else if (character === ',' && place?.kind === 'object') Object.assign(place, { key: '', inValue: false });
  }
  return open
    .map((place) => (place.kind === 'list' ? `[${place.index}]` : place.key === '' ? '' : `.${place.key}`))
    .join('')
    .replace(/^\./, '');
}

interface ObjectPlace {
  readonly kind: 'object';
  key: string;
  inValue: boolean;
}

interface ListPlace {
  readonly kind: 'list';
  index: number;
}

/** Index of the closing quote, or the length of the text when there is none. */
function endOfString(text: string, start: number): number {
  for (let at = start + 1; at < text.length; at++) {
    if (text[at] === '\\') at++;
    else if (text[at] === '"') return at;
  }
  return text.length;
}
