import type { Trajectory } from '@turnwise/core';

/** Text without any of the four tags, so that tags cannot be nested or left open. */
const plain = String.raw`(?:(?!<\/?(?:think|search|information|answer)>)[\s\S])*`;
const block = (tag: string): string => `<${tag}>${plain}</${tag}>`;
const validSequence = new RegExp(
  String.raw`^\s*${block('think')}(?:\s*${block('search')}\s*<information></information>\s*${block('think')})*\s*${block('answer')}\s*$`,
);

/**
 * Whether a trajectory is think, then any number of search, result, think, then answer, with nothing but white space
 * between the tags. A correction after an invalid action breaks the sequence. What a search returned counts as one
 * information block whatever it says, so that passages cannot break it.
 *
 * Source: the state machine of `is_valid_sequence` in Search-R1 (qa_em_format.py).
 */
export function hasValidFormat({ turns }: Trajectory): boolean {
  const text = turns.map(({ output, observation }) => {
    if (observation === null) return output.text;
    return `${output.text}${observation.status === 'invalid' ? 'correction' : '<information></information>'}`;
  });
  return validSequence.test(text.join(''));
}
