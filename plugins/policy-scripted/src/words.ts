/** Words that say nothing about what a question is after. */
const emptyWords = new Set(
  [
    'a an and are as at be been being besides both but by came can come did do does either else for from had has have he her',
    'him his how i in into is it its many much name named of on one or other same she than that the their them there these',
    'they this those to us was we were what when where which while who whom whose why will with would you also s t',
  ]
    .join(' ')
    .split(' '),
);

/** One word for several ways of saying the same, where a question and a passage usually differ. */
const synonyms: Readonly<Record<string, string>> = {
  birth: 'born',
  birthplace: 'born',
  death: 'died',
  die: 'died',
  dies: 'died',
  movie: 'film',
  movies: 'film',
  study: 'educated',
  studied: 'educated',
  graduate: 'educated',
  graduated: 'educated',
  written: 'wrote',
  writer: 'wrote',
  author: 'wrote',
  spouse: 'married',
  husband: 'married',
  wife: 'married',
  father: 'son',
  mother: 'son',
  daughter: 'son',
  founder: 'founded',
  establish: 'founded',
  established: 'founded',
};

/** Lower-cased runs of letters and digits, marks removed. */
export function wordsOf(text: string): string[] {
  const plain = text
    .normalize('NFKD')
    .replace(/\p{M}+/gu, '')
    .toLowerCase();
  return plain.match(/[\p{L}\p{N}]+/gu) ?? [];
}

/** The words that carry meaning, cut to five letters so that `director` meets `directed`. */
export function contentStems(text: string): Set<string> {
  const stems = wordsOf(text)
    .filter((word) => !emptyWords.has(word))
    .map((word) => (synonyms[word] ?? word).slice(0, 5));
  return new Set(stems);
}

/** How many members of `some` are in `others`. */
export function overlap(some: ReadonlySet<string>, others: ReadonlySet<string>): number {
  let count = 0;
  for (const member of some) if (others.has(member)) count += 1;
  return count;
}

/** Whether the words of `part` stand in `whole` one after the other. */
export function containsPhrase(whole: string, part: string): boolean {
  const inner = wordsOf(part).join(' ');
  return inner !== '' && ` ${wordsOf(whole).join(' ')} `.includes(` ${inner} `);
}

/** A title without what stands in brackets: `Jaws (film)` is `Jaws`. */
export function bareTitle(title: string): string {
  return title.replace(/\s*\([^)]*\)\s*$/, '').trim() || title;
}
