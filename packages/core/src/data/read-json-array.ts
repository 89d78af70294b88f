import { createReadStream } from 'node:fs';
import { TurnwiseError } from '../errors/index.js';
import { excerpt } from '../text/index.js';
import type { Row } from './read-rows.js';

/**
 * Reads the elements of a file that is one JSON array, as HotpotQA and 2WikiMultihopQA are published, without holding it
 * whole: the ends of elements are found by counting brackets outside texts.
 *
 * @throws DATA_INVALID naming the element
 */
export async function* readJsonArray(file: string): AsyncGenerator<Row> {
  let pending = '';
  let depth = 0;
  let inText = false;
  let escaped = false;
  let started = false;
  let ended = false;
  let number = 0;
  const element = (text: string): Row => {
    number += 1;
    return { number, value: parseElement(file, number, text) };
  };
  const stream = createReadStream(file, { encoding: 'utf8', highWaterMark: 1 << 18 }) as AsyncIterable<string>;
  for await (const chunk of stream) {
    let begin = 0;
    for (let at = 0; at < chunk.length && !ended; at++) {
      const character = chunk[at];
      if (inText) {
        if (escaped) escaped = false;
        else if (character === '\\') escaped = true;
        else if (character === '"') inText = false;
        continue;
      }
      if (character === '"') inText = true;
      else if (character === '[' || character === '{') {
        depth += 1;
        if (!started) {
          started = true;
          begin = at + 1;
        }
      } else if (character === ']' || character === '}') {
        depth -= 1;
        if (depth !== 0) continue;
        const last = pending + chunk.slice(begin, at);
        pending = '';
        begin = at + 1;
        ended = true;
        if (last.trim() !== '') yield element(last);
      } else if (character === ',' && depth === 1) {
        yield element(pending + chunk.slice(begin, at));
        pending = '';
        begin = at + 1;
      }
    }
    pending += chunk.slice(begin);
  }
  if (ended && pending.trim() === '') return;
  const reason = ended ? `something follows its end: ${excerpt(pending)}` : 'it is cut off';
  throw new TurnwiseError('DATA_INVALID', `${file}: the JSON array is broken after element ${number}: ${reason}`, {
    where: file,
    hint: ended ? 'One array a file, or one object a line.' : 'Was it copied whole?',
  });
}

function parseElement(file: string, number: number, text: string): unknown {
  try {
    return JSON.parse(text.replace(/^\uFEFF/, ''));
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new TurnwiseError(
      'DATA_INVALID',
      `${file}:${number}: not valid JSON (${excerpt(reason)}): ${excerpt(text.trim())}`,
      { where: `${file}:${number}`, cause },
    );
  }
}
