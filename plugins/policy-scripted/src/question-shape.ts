/** What kind of thing answers a question. */
type AnswerKind = 'yes-no' | 'choice' | 'date' | 'year' | 'number' | 'place' | 'nationality' | 'name';

/** What the wording of a question gives away. */
export interface QuestionShape {
  readonly kind: AnswerKind;
  /** The things compared, in the order they are named; empty when nothing is. */
  readonly alternatives: readonly string[];
  /** The step over another person: `director`, `father`, ...; null when there is none. */
  readonly relation: string | null;
}

const auxiliary = /^(?:are|is|was|were|do|does|did|have|has|had|can|could)\b/i;
const relations =
  /\b(director|composer|performer|singer|author|writer|producer|founder|creator|father|mother|husband|wife|spouse|son|daughter|grandfather|grandmother|uncle|aunt|sibling|brother|sister|stepmother|stepfather|in-law)s?\b/i;

/** Reads the shape of a question from its wording. */
export function shapeOf(question: string): QuestionShape {
  const text = question.trim().replace(/\s*\?$/, '');
  const yesNo = auxiliary.test(text) || /\.\s+(?:does|do|is|are|did|was|were)\b/i.test(text);
  const alternatives = pair(text, yesNo ? 'and' : 'or');
  const relation = relations.exec(text)?.[1]?.toLowerCase() ?? null;
  if (yesNo) return { kind: 'yes-no', alternatives, relation };
  if (alternatives.length === 2) return { kind: 'choice', alternatives, relation };
  return { kind: openKind(text), alternatives: [], relation };
}

function openKind(text: string): AnswerKind {
  if (/\b(?:what|which|in what|in which) year\b/i.test(text)) return 'year';
  if (/\bwhen\b|\bdate of (?:birth|death)\b|\bwhat date\b/i.test(text)) return 'date';
  if (/\bhow (?:many|much|old|long|tall)\b|\bpopulation\b/i.test(text)) return 'number';
  if (/\bnationality\b|\bcountry\b.*\b(?:from|citizen)/i.test(text)) return 'nationality';
  if (
    /\bwhere\b|\bplace of (?:birth|death|burial)\b|\b(?:what|which) (?:city|country|state|town|county|village)\b/i.test(
      text,
    )
  )
    return 'place';
  return 'name';
}

/** The two things around the first `and` of a yes-no question or the last `or` of a choice; empty when they are not names. */
function pair(text: string, joint: 'and' | 'or'): string[] {
  const place = joint === 'or' ? text.lastIndexOf(' or ') : text.indexOf(' and ');
  if (place < 0) return [];
  const before = text.slice(0, place).replace(/,\s*$/, '');
  const cut = Math.max(before.lastIndexOf(', '), before.lastIndexOf(': '));
  const left = withoutLead(cut >= 0 ? before.slice(cut + 2) : before);
  const right = text
    .slice(place + joint.length + 2)
    .replace(trailing, '')
    .trim();
  const named = (side: string): boolean => /^[\p{Lu}\p{N}"“]/u.test(side);
  return named(left) && named(right) ? [left, right] : [];
}

/** From the first capitalised word on, the question's own first word aside. */
function withoutLead(side: string): string {
  const rest = side.trim().replace(/^(?:are|is|was|were|do|does|did|have|has|which|who|what|between|both)\s+/i, '');
  return rest.slice(Math.max(rest.search(/["“\p{Lu}\p{N}]/u), 0)).trim();
}

const trailing =
  /[,\s]+(?:both|have|has|had|located|share|from|of the same|in the same|the same|originate|based|born|released|also|American|directed|known)\b.*$/u;
