import { createHash } from 'node:crypto';
import { endianness } from 'node:os';
import type { CompiledIndex } from './compiled-index.js';

/** Changes whenever the bytes below or the words of a text change meaning. */
export const formatVersion = 1;

const magic = 'TURNWISE-LUNR\n';
const digestLength = 32;
const alignment = 8;

interface Section {
  readonly name: string;
  readonly bytesPerElement: 2 | 4;
  /** Offset in the payload, a multiple of 8, and number of elements. */
  readonly offset: number;
  readonly length: number;
}

interface Header {
  readonly key: string;
  readonly endianness: string;
  readonly passageCount: number;
  readonly termBytes: number;
  readonly sections: readonly Section[];
}

/**
 * Writes an index as one block: magic, SHA-256 of everything after it, header length, header (JSON), payload. The
 * payload is the terms, one a line, then the arrays in this machine's byte order, each at a multiple of 8 bytes.
 */
export function encodeIndex(index: CompiledIndex, key: string): Uint8Array<ArrayBuffer> {
  const terms = Buffer.from(index.terms.join('\n'));
  let size = aligned(terms.length);
  const sections = Object.entries(arraysOf(index)).map(([name, array]): Section => {
    const section = { name, bytesPerElement: array.BYTES_PER_ELEMENT as 2 | 4, offset: size, length: array.length };
    size = aligned(size + array.byteLength);
    return section;
  });
  const header: Header = {
    key,
    endianness: endianness(),
    passageCount: index.passageCount,
    termBytes: terms.length,
    sections,
  };
  const headerBytes = Buffer.from(JSON.stringify(header));
  const headerEnd = magic.length + digestLength + 4 + headerBytes.length;
  const payload = aligned(headerEnd);
  const block = Buffer.from(new ArrayBuffer(payload + size));
  block.write(magic, 'latin1');
  block.writeUInt32LE(headerBytes.length, magic.length + digestLength);
  block.set(headerBytes, headerEnd - headerBytes.length);
  block.set(terms, payload);
  Object.values(arraysOf(index)).forEach((array, place) => {
    const bytes = new Uint8Array(array.buffer, array.byteOffset, array.byteLength);
    block.set(bytes, payload + (sections[place] as Section).offset);
  });
  block.set(digest(block), magic.length);
  return new Uint8Array(block.buffer);
}

/**
 * Reads a block written by {@link encodeIndex} without copying its arrays. Returns a reason in words instead of an
 * index when the block is damaged, was made for another key, or holds numbers that point outside the index.
 */
export function decodeIndex(block: Uint8Array<ArrayBuffer>, key: string): CompiledIndex | string {
  const bytes = Buffer.from(block.buffer, block.byteOffset, block.byteLength);
  const headerStart = magic.length + digestLength + 4;
  if (bytes.length < headerStart || bytes.toString('latin1', 0, magic.length) !== magic) return 'not an index file';
  if (!digest(bytes).equals(bytes.subarray(magic.length, magic.length + digestLength)))
    return 'checksum does not match';
  const headerEnd = headerStart + bytes.readUInt32LE(headerStart - 4);
  const header = JSON.parse(bytes.toString('utf8', headerStart, headerEnd)) as Header;
  if (header.key !== key) return 'made for another corpus, options or version';
  if (header.endianness !== endianness()) return 'made on a machine with another byte order';
  const payload = aligned(headerEnd);
  const text = bytes.toString('utf8', payload, payload + header.termBytes);
  const arrays = new Map(
    header.sections.map(({ name, bytesPerElement, offset, length }) => {
      const start = block.byteOffset + payload + offset;
      const Type = bytesPerElement === 2 ? Uint16Array : Uint32Array;
      return [name, new Type(block.buffer, start, length)] as const;
    }),
  );
  const wide = (name: string): Uint32Array => arrays.get(name) as Uint32Array;
  const index: CompiledIndex = {
    passageCount: header.passageCount,
    terms: text === '' ? [] : text.split('\n'),
    offsets: wide('offsets'),
    passages: wide('passages'),
    weights: arrays.get('weights') as Uint16Array | Uint32Array,
    titles: { offsets: wide('title-offsets'), words: wide('title-words'), passages: wide('title-passages') },
    links: { offsets: wide('link-offsets'), targets: wide('link-targets') },
  };
  return inconsistency(index) ?? index;
}

function arraysOf({
  offsets,
  passages,
  weights,
  titles,
  links,
}: CompiledIndex): Record<string, Uint32Array | Uint16Array> {
  return {
    offsets,
    passages,
    weights,
    'title-offsets': titles.offsets,
    'title-words': titles.words,
    'title-passages': titles.passages,
    'link-offsets': links.offsets,
    'link-targets': links.targets,
  };
}

/** A right checksum only says that the writer meant it: a number out of range would make searches read nonsense. */
function inconsistency({
  passageCount,
  terms,
  offsets,
  passages,
  weights,
  titles,
  links,
}: CompiledIndex): string | null {
  const fits =
    offsets.length === terms.length + 1 &&
    offsets.at(-1) === passages.length &&
    passages.length === weights.length &&
    titles.offsets.length === titles.passages.length + 1 &&
    titles.offsets.at(-1) === titles.words.length &&
    links.offsets.length === passageCount + 1 &&
    links.offsets.at(-1) === links.targets.length &&
    [offsets, titles.offsets, links.offsets].every(ascends) &&
    [passages, titles.passages, links.targets].every((positions) => below(positions, passageCount)) &&
    below(titles.words, terms.length);
  return fits ? null : 'its parts do not fit together';
}

function ascends(offsets: Uint32Array): boolean {
  for (let place = 1; place < offsets.length; place++) {
    if ((offsets[place] as number) < (offsets[place - 1] as number)) return false;
  }
  return offsets[0] === 0;
}

function below(values: Uint32Array, bound: number): boolean {
  for (let place = 0; place < values.length; place++) if ((values[place] as number) >= bound) return false;
  return true;
}

function digest(block: Uint8Array): Buffer {
  return createHash('sha256')
    .update(block.subarray(magic.length + digestLength))
    .digest();
}

function aligned(size: number): number {
  return Math.ceil(size / alignment) * alignment;
}
