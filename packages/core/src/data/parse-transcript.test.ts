import { describe, expect, it } from '@jest/globals';
import { parseTranscript } from './parse-transcript.js';

const results = '\n\n<information>Doc 1(Title: "Fidelio") An opera.\nDoc 2(Title: Bonn) A city.</information>\n\n';
const corrected =
  '\nMy previous action is invalid. If I want to search, I should put the query between <search> and </search>. ' +
  'If I want to give the final answer, I should put the answer between <answer> and </answer>. Let me try again.\n';

/** Nothing of a transcript is lost or invented. */
function whole({ turns }: ReturnType<typeof parseTranscript>): string {
  return turns.map(({ output, observation }) => output.text + (observation?.text ?? '')).join('');
}

describe('parseTranscript', () => {
  it('reads searches, results and the answer', () => {
    const text = `<think>who?</think> <search> Fidelio </search>${results}<think>so</think> <answer> Bonn </answer>`;
    const parsed = parseTranscript(text);
    expect(whole(parsed)).toBe(text);
    expect(parsed).toMatchObject({ answer: 'Bonn', stopReason: 'answered' });
    expect(parsed.turns.map(({ action }) => action)).toEqual([
      { kind: 'search', query: 'Fidelio' },
      { kind: 'answer', text: 'Bonn' },
    ]);
    expect(parsed.turns[0]?.observation).toMatchObject({
      status: 'ok',
      hits: [
        { id: expect.stringMatching(/^Fidelio#[0-9a-f]{8}$/), title: 'Fidelio', text: 'An opera.' },
        { title: 'Bonn', text: 'A city.' },
      ],
    });
    expect(parsed.turns.every(({ output }) => output.tokenIds.length === 0)).toBe(true);
  });

  it('reads the correction of Search-R1 as observation, although it names the tags', () => {
    const text = `<think>hm</think>${corrected}<search>x</search>${results}<search>open${corrected}<answer>y</answer>`;
    const parsed = parseTranscript(text);
    expect(whole(parsed)).toBe(text);
    expect(parsed.turns.map(({ action }) => action)).toEqual([
      { kind: 'invalid', reason: 'no-action' },
      { kind: 'search', query: 'x' },
      { kind: 'invalid', reason: 'unclosed-tag' },
      { kind: 'answer', text: 'y' },
    ]);
    expect(parsed.turns.map(({ observation }) => observation?.status)).toEqual(['invalid', 'ok', 'invalid', undefined]);
  });

  it('takes information the policy wrote itself for its own words', () => {
    const { turns } = parseTranscript('<information>Bonn</information> <search>q</search><information></information>');
    expect(turns).toMatchObject([{ action: { query: 'q' }, observation: { status: 'empty', hits: [] } }]);
  });

  it.each([
    ['', 'token-limit', 1],
    ['<think>endless', 'token-limit', 1],
    ['<search>q</search>', 'turn-limit', 1],
    ['<search>q</search><|im_end|>\n', 'turn-limit', 1],
    [`<search>q</search>${results}`, 'context-limit', 1],
    ['<search>q</search><information>cut of', 'context-limit', 1],
    [`<search>q</search>${results}<think>cut of`, 'token-limit', 2],
    ['<search>q</search> and <search>r</search>', 'turn-limit', 2],
  ])('says how %j ended', (text, stopReason, turns) => {
    const parsed = parseTranscript(text);
    expect(parsed).toMatchObject({ answer: null, stopReason });
    expect(parsed.turns).toHaveLength(turns);
  });

  it('reads the results of relatives of Search-R1', () => {
    for (const tag of ['result', 'documents']) {
      const { turns } = parseTranscript(`<search>q</search> <${tag}>Bonn</${tag}> <answer>Bonn</answer>`);
      expect(turns[0]?.observation).toMatchObject({ status: 'ok', hits: [{ text: 'Bonn' }] });
    }
  });
});
