import { open, type FileHandle } from 'node:fs/promises';
import { bfloat16ToFloat32, float16ToFloat32, float32ToBfloat16, float32ToFloat16 } from './half-precision.js';
import { writeFileAtomically } from './write-file-atomically.js';

/** A named array of floats, row-major. */
export interface Tensor {
  readonly shape: readonly number[];
  readonly values: Float32Array;
}

export interface TensorFile {
  readonly tensors: ReadonlyMap<string, Tensor>;
  readonly metadata: Readonly<Record<string, string>>;
}

/** How floats are stored: float32, bfloat16 or IEEE binary16. */
export type TensorType = 'F32' | 'BF16' | 'F16';

interface HeaderEntry {
  readonly dtype: string;
  readonly shape: readonly number[];
  readonly data_offsets: readonly [number, number];
}

const bytesPerElement: Readonly<Record<string, number>> = { F32: 4, BF16: 2, F16: 2 };

/** Longest header, as the format's own library has it: what is longer is no model but an attempt to fill memory. */
const MOST_HEADER_BYTES = 100_000_000;

/** Most bytes read in one call: Node reads less than 2 GiB at a time. */
const READ_BYTES = 1 << 28;

/**
 * Writes tensors as safetensors: the header's length (64 bits, little-endian), a JSON header that gives each
 * tensor's type, shape and place, then the data. Float arrays are written as they lie in memory, which is the format's
 * byte order on every machine Node runs on; in `type` BF16 or F16 each number is rounded to the nearest.
 */
export async function writeSafetensors(
  path: string,
  { tensors, metadata }: TensorFile,
  type: TensorType = 'F32',
): Promise<void> {
  const header: Record<string, unknown> = { __metadata__: metadata };
  const parts: Uint8Array[] = [];
  let end = 0;
  for (const [name, { shape, values }] of tensors) {
    const start = end;
    const bytes = fromFloat32(values, type);
    end += bytes.byteLength;
    header[name] = { dtype: type, shape, data_offsets: [start, end] } satisfies HeaderEntry;
    parts.push(bytes);
  }
  const json = Buffer.from(JSON.stringify(header));
  // Spaces up to a multiple of 8 align the data, as the format asks.
  const text = Buffer.concat([json, Buffer.alloc(-json.length & 7, ' ')]);
  const length = Buffer.alloc(8);
  length.writeBigUInt64LE(BigInt(text.length));
  await writeFileAtomically(path, [length, text, ...parts]);
}

/** Reads a safetensors file of F32, BF16 or F16 tensors as float32. Throws an Error that names file and tensor. */
export async function readSafetensors(path: string): Promise<TensorFile> {
  await using file = await openSafetensors(path);
  const tensors = new Map<string, Tensor>();
  for (const [name, shape] of file.shapes) tensors.set(name, { shape, values: await file.read(name) });
  return { tensors, metadata: file.metadata };
}

/** An open safetensors file whose tensors are read one by one, so that a large model is never in memory twice. */
export interface OpenTensorFile extends AsyncDisposable {
  readonly shapes: ReadonlyMap<string, readonly number[]>;
  readonly metadata: Readonly<Record<string, string>>;
  /** The tensor as float32. Throws on an unknown name. */
  read(name: string): Promise<Float32Array>;
}

/** Opens a file and checks its header and its length. Throws an Error that names file and tensor. */
export async function openSafetensors(path: string): Promise<OpenTensorFile> {
  const handle = await open(path);
  try {
    return await readHeader(path, handle);
  } catch (error) {
    await handle.close();
    throw error;
  }
}

async function readHeader(path: string, handle: FileHandle): Promise<OpenTensorFile> {
  const fail = (message: string): never => {
    throw new Error(`${path}: ${message}`);
  };
  const { size } = await handle.stat();
  if (size < 8) fail(`not a safetensors file: ${size} bytes, expected at least 8`);
  const headerLength = Number(Buffer.from(await readBytes(handle, 0, 8)).readBigUInt64LE(0));
  if (headerLength > size - 8) {
    fail(`truncated or not a safetensors file: expected a header of ${headerLength} bytes, found ${size - 8}`);
  }
  if (headerLength > MOST_HEADER_BYTES) {
    fail(`not a safetensors file: a header of ${headerLength} bytes, at most ${MOST_HEADER_BYTES} are read`);
  }
  let header: unknown;
  try {
    header = JSON.parse(Buffer.from(await readBytes(handle, 8, headerLength)).toString('utf8'));
  } catch {
    fail('not a safetensors file: the header is not JSON');
  }
  if (!isRecord(header)) return fail('not a safetensors file: the header is not a JSON object');
  const dataStart = 8 + headerLength;
  const dataLength = size - dataStart;
  const entries = new Map<string, HeaderEntry>();
  let total = 0;
  for (const [name, entry] of Object.entries(header)) {
    if (name === '__metadata__') continue;
    if (!isHeaderEntry(entry)) return fail(`tensor '${name}': malformed header entry ${JSON.stringify(entry)}`);
    const {
      dtype,
      shape,
      data_offsets: [start, end],
    } = entry;
    const width = bytesPerElement[dtype];
    if (width === undefined) return fail(`tensor '${name}': expected type F32, BF16 or F16, found ${dtype}`);
    const bytes = shape.reduce((product, extent) => product * extent, width);
    if (end - start !== bytes) {
      fail(`tensor '${name}': expected ${bytes} bytes for ${dtype} ${shape.join(' x ')}, found ${end - start}`);
    }
    if (end > dataLength) fail(`truncated in tensor '${name}': expected data up to byte ${end}, found ${dataLength}`);
    total += bytes;
    // One gigabyte under a thousand names would be a terabyte in memory.
    if (total > dataLength) fail(`tensor '${name}': shares its bytes with others`);
    entries.set(name, entry);
  }
  const metadata = isRecord(header.__metadata__) ? header.__metadata__ : {};
  return {
    shapes: new Map([...entries].map(([name, { shape }]) => [name, shape])),
    metadata: Object.fromEntries(Object.entries(metadata).map(([key, value]) => [key, String(value)])),
    async read(name) {
      const entry = entries.get(name);
      if (!entry) return fail(`tensor '${name}': not in the file`);
      const [start, end] = entry.data_offsets;
      return toFloat32(await readBytes(handle, dataStart + start, end - start), entry.dtype);
    },
    [Symbol.asyncDispose]: () => handle.close(),
  };
}

/** Into memory of its own, so that it is aligned for any type of number. */
async function readBytes(handle: FileHandle, position: number, length: number): Promise<ArrayBuffer> {
  const buffer = new ArrayBuffer(length);
  let done = 0;
  while (done < length) {
    const view = new Uint8Array(buffer, done, Math.min(READ_BYTES, length - done));
    const { bytesRead } = await handle.read(view, 0, view.length, position + done);
    if (bytesRead === 0) throw new Error(`the file ended at byte ${position + done} while it was read`);
    done += bytesRead;
  }
  return buffer;
}

function toFloat32(buffer: ArrayBuffer, dtype: string): Float32Array {
  if (dtype === 'F32') return new Float32Array(buffer);
  return Float32Array.from(new Uint16Array(buffer), dtype === 'BF16' ? bfloat16ToFloat32 : float16ToFloat32);
}

function fromFloat32(values: Float32Array, type: TensorType): Uint8Array {
  const stored =
    type === 'F32' ? values : Uint16Array.from(values, type === 'BF16' ? float32ToBfloat16 : float32ToFloat16);
  return new Uint8Array(stored.buffer, stored.byteOffset, stored.byteLength);
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function isHeaderEntry(value: unknown): value is HeaderEntry {
  if (!isRecord(value) || typeof value.dtype !== 'string') return false;
  const { shape, data_offsets: offsets } = value;
  const whole = (n: unknown): boolean => Number.isSafeInteger(n) && (n as number) >= 0;
  return (
    Array.isArray(shape) && shape.every(whole) && Array.isArray(offsets) && offsets.length === 2 && offsets.every(whole)
  );
}
