import { BinaryReader, BinaryWriter, WireType } from '@bufbuild/protobuf/wire';
import type { Datum, TensorData } from './training-data.js';

/** Content type of the binary form of requests and results. */
export const protobufType = 'application/x-protobuf';

/** A forward-backward request, as it would travel in JSON. */
export interface ForwardBackwardBody {
  readonly model_id: string;
  readonly seq_id: number;
  readonly forward_backward_input: {
    readonly data: readonly Datum[];
    readonly loss_fn: string;
    readonly loss_fn_config: Readonly<Record<string, number>> | null;
  };
}

/**
 * `ForwardBackwardRequest` of the official client's `tinker_public.proto`. Its newer clients send nothing else, and
 * SkyRL since 0.4 accepts nothing else; numbers travel as little-endian arrays.
 */
export function encodeForwardBackward({
  model_id: id,
  seq_id: number,
  forward_backward_input: input,
}: ForwardBackwardBody): Uint8Array<ArrayBuffer> {
  const writer = new BinaryWriter().tag(1, WireType.LengthDelimited).string(id).tag(2, WireType.Varint).int32(number);
  for (const datum of input.data) {
    writer.tag(3, WireType.LengthDelimited).fork();
    for (const { tokens } of datum.model_input.chunks) {
      writer.tag(1, WireType.LengthDelimited).fork().tag(1, WireType.LengthDelimited).fork();
      writer
        .tag(1, WireType.LengthDelimited)
        .bytes(bytesOf(Int32Array.from(tokens)))
        .join()
        .join();
    }
    for (const [name, tensor] of Object.entries(datum.loss_fn_inputs)) {
      writer
        .tag(2, WireType.LengthDelimited)
        .fork()
        .tag(1, WireType.LengthDelimited)
        .string(name)
        .tag(2, WireType.LengthDelimited)
        .fork();
      writeTensor(writer, tensor).join().join();
    }
    writer.join();
  }
  writer.tag(4, WireType.LengthDelimited).string(input.loss_fn);
  for (const [key, value] of Object.entries(input.loss_fn_config ?? {})) {
    writer
      .tag(5, WireType.LengthDelimited)
      .fork()
      .tag(1, WireType.LengthDelimited)
      .string(key)
      .tag(2, WireType.Bit64)
      .double(value)
      .join();
  }
  return writer.finish();
}

function writeTensor(writer: BinaryWriter, { data, dtype, shape }: TensorData): BinaryWriter {
  const dense = dtype === 'int64' ? BigInt64Array.from(data, BigInt) : Float32Array.from(data);
  writer.tag(1, WireType.LengthDelimited).bytes(bytesOf(dense));
  writer.tag(3, WireType.Varint).int32(dtype === 'int64' ? dtypes.int64 : dtypes.float32);
  writer.tag(4, WireType.LengthDelimited).fork();
  for (const size of shape) writer.int64(size);
  return writer.join();
}

/** `SampleResponse`, in the form it has in JSON. */
export function decodeSample(bytes: Uint8Array): object {
  const sequences: object[] = [];
  for (const [field, value] of fieldsOf(bytes)) {
    if (field !== 1) continue;
    let [stop, tokens, logprobs] = ['stop', new Int32Array(), new Float32Array()];
    for (const [inner, part] of fieldsOf(value as Uint8Array)) {
      if (inner === 1) stop = part === 1 ? 'length' : 'stop';
      if (inner === 2) tokens = new Int32Array(own(part));
      if (inner === 3) logprobs = new Float32Array(own(part));
    }
    sequences.push({ tokens: Array.from(tokens), logprobs: Array.from(logprobs), stop_reason: stop });
  }
  return { sequences };
}

/** `ForwardBackwardOutput`, in the form it has in JSON; of the records only `logprobs`. */
export function decodeForwardBackward(bytes: Uint8Array): object {
  const outputs: object[] = [];
  for (const [field, record] of fieldsOf(bytes)) {
    if (field !== 2) continue;
    for (const [inner, entry] of fieldsOf(record as Uint8Array)) {
      if (inner !== 2) continue;
      const pair = new Map(fieldsOf(entry as Uint8Array));
      if (new TextDecoder().decode(pair.get(1) as Uint8Array) !== 'logprobs') continue;
      for (const data of readBatched(pair.get(2) as Uint8Array)) outputs.push({ logprobs: { data } });
    }
  }
  return { loss_fn_outputs: outputs };
}

/** One array for each datum, cut out of one block by byte offsets. */
function readBatched(bytes: Uint8Array): number[][] {
  const tensor = new Map(fieldsOf(bytes));
  const block = own(tensor.get(1) ?? new Uint8Array());
  const offsets = Array.from(new BigInt64Array(own(tensor.get(2) ?? new Uint8Array())), Number);
  const dtype = tensor.get(3);
  if (dtype !== dtypes.float32 && dtype !== dtypes.bfloat16)
    throw new RangeError(`log-probabilities of type ${String(dtype)}`);
  return offsets.slice(1).map((end, index) => {
    const part = block.slice(offsets[index], end);
    if (dtype === dtypes.float32) return Array.from(new Float32Array(part));
    // The upper half of a float32.
    const wide = Uint32Array.from(new Uint16Array(part), (half) => half << 16);
    return Array.from(new Float32Array(wide.buffer));
  });
}

const dtypes = { float32: 1, int64: 2, bfloat16: 4 } as const;

/** Fields in the order of the message: a number, or the bytes of what has a length. Others are passed over. */
function fieldsOf(bytes: Uint8Array): [field: number, value: number | Uint8Array][] {
  const reader = new BinaryReader(bytes);
  const fields: [number, number | Uint8Array][] = [];
  while (reader.pos < reader.len) {
    const [field, wire] = reader.tag();
    if (wire === WireType.Varint) fields.push([field, Number(reader.int64())]);
    else if (wire === WireType.LengthDelimited) fields.push([field, reader.bytes()]);
    else reader.skip(wire, field);
  }
  return fields;
}

function bytesOf(values: ArrayBufferView): Uint8Array {
  return new Uint8Array(values.buffer, values.byteOffset, values.byteLength);
}

/** Bytes as a buffer of their own, from which arrays of any width may be made. */
function own(bytes: number | Uint8Array): ArrayBuffer {
  if (typeof bytes === 'number') throw new RangeError('a number where bytes were expected');
  return new Uint8Array(bytes).buffer;
}
