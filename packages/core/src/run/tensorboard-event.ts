import { maskedCrc32c } from './crc32c.js';

/** What opens an event file; that it (again) goes on from a step; or the scalars of one step. */
export type TensorBoardEvent =
  | { readonly wallTime: number; readonly fileVersion: string }
  | { readonly wallTime: number; readonly startsAt: number }
  | { readonly wallTime: number; readonly step: number; readonly scalars: Readonly<Record<string, number>> };

/**
 * One event as TensorBoard reads it: a protobuf message `tensorflow.Event` (wall_time = 1, step = 2, file_version = 3,
 * summary = 5, session_log = 7) in TFRecord framing: length, its checksum, the message, its checksum; little-endian.
 */
export function encodeEvent(event: TensorBoardEvent): Uint8Array {
  const wallTime = Buffer.alloc(8);
  wallTime.writeDoubleLE(event.wallTime);
  const parts: Uint8Array[] = [Buffer.from([(1 << 3) | 1]), wallTime];
  if ('fileVersion' in event) {
    parts.push(field(3, Buffer.from(event.fileVersion)));
  } else if ('startsAt' in event) {
    // SessionLog: status = 1, START = 1.
    parts.push(Buffer.from([2 << 3]), varint(event.startsAt), field(7, Buffer.from([1 << 3, 1])));
  } else {
    parts.push(Buffer.from([2 << 3]), varint(event.step));
    const values = Object.entries(event.scalars).map(([tag, value]) => field(1, scalar(tag, value)));
    parts.push(field(5, Buffer.concat(values)));
  }
  return record(Buffer.concat(parts));
}

/** `Summary.Value`: tag = 1, simple_value = 2 (a 32-bit float). */
function scalar(tag: string, value: number): Buffer {
  const simpleValue = Buffer.alloc(5);
  simpleValue.writeUInt8((2 << 3) | 5);
  simpleValue.writeFloatLE(value, 1);
  return Buffer.concat([field(1, Buffer.from(tag)), simpleValue]);
}

/** A field of bytes with its length before it. */
function field(number: number, bytes: Buffer): Buffer {
  return Buffer.concat([Buffer.from([(number << 3) | 2]), varint(bytes.length), bytes]);
}

/** A number of at least 0, seven bits a byte, lowest first. */
function varint(value: number): Buffer {
  const bytes = [];
  let rest = value;
  for (; rest >= 128; rest = Math.floor(rest / 128)) bytes.push((rest % 128) | 128);
  return Buffer.from([...bytes, rest]);
}

function record(message: Buffer): Buffer {
  const length = Buffer.alloc(8);
  length.writeBigUInt64LE(BigInt(message.length));
  return Buffer.concat([length, checksum(length), message, checksum(message)]);
}

function checksum(bytes: Buffer): Buffer {
  const result = Buffer.alloc(4);
  result.writeUInt32LE(maskedCrc32c(bytes));
  return result;
}
