import { readFile } from 'node:fs/promises';
import { bfloat16ToFloat32, float16ToFloat32 } from './half-precision.js';
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

interface HeaderEntry {
  readonly dtype: string;
  readonly shape: readonly number[];
  readonly data_offsets: readonly [number, number];
}

const bytesPerElement: Readonly<Record<string, number>> = { F32: 4, BF16: 2, F16: 2 };

/**
 * Writes float32 tensors as safetensors: the header's length (64 bits, little-endian), a JSON header that gives each
 * tensor's type, shape and place, then the data. Float arrays are written as they lie in memory, which is the format's
 * byte order on every machine Node runs on.
 */
export async function writeSafetensors(path: string, { tensors, metadata }: TensorFile): Promise<void> {
  const header: Record<string, unknown> = { __metadata__: metadata };
  const parts: Uint8Array[] = [];
  let end = 0;
  for (const [name, { shape, values }] of tensors) {
    const start = end;
    end += values.byteLength;
    header[name] = { dtype: 'F32', shape, data_offsets: [start, end] } satisfies HeaderEntry;
    parts.push(new Uint8Array(values.buffer, values.byteOffset, values.byteLength));
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
  const file = await readFile(path);
  const fail = (message: string): never => {
    throw new Error(`${path}: ${message}`);
  };
  if (file.length < 8) fail(`not a safetensors file: ${file.length} bytes, expected at least 8`);
  const headerLength = Number(file.readBigUInt64LE(0));
  if (headerLength > file.length - 8) {
    fail(`truncated or not a safetensors file: expected a header of ${headerLength} bytes, found ${file.length - 8}`);
  }
  let header: unknown;
  try {
    header = JSON.parse(file.toString('utf8', 8, 8 + headerLength));
  } catch {
    fail('not a safetensors file: the header is not JSON');
  }
  if (!isRecord(header)) return fail('not a safetensors file: the header is not a JSON object');
  const data = file.subarray(8 + headerLength);
  const tensors = new Map<string, Tensor>();
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
    if (end > data.length) fail(`truncated in tensor '${name}': expected data up to byte ${end}, found ${data.length}`);
    tensors.set(name, { shape, values: toFloat32(data.subarray(start, end), dtype) });
  }
  const metadata = isRecord(header.__metadata__) ? header.__metadata__ : {};
  return {
    tensors,
    metadata: Object.fromEntries(Object.entries(metadata).map(([key, value]) => [key, String(value)])),
  };
}

function toFloat32(bytes: Uint8Array, dtype: string): Float32Array {
  // A copy, because the file's data need not be aligned for its type.
  const buffer = new ArrayBuffer(bytes.length);
  new Uint8Array(buffer).set(bytes);
  if (dtype === 'F32') return new Float32Array(buffer);
  return Float32Array.from(new Uint16Array(buffer), dtype === 'BF16' ? bfloat16ToFloat32 : float16ToFloat32);
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
