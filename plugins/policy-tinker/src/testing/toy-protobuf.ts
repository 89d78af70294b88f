import { BinaryReader, BinaryWriter, WireType } from '@bufbuild/protobuf/wire';
import type { Datum, TensorData } from '../training-data.js';

/** The server's side of the binary form, written from `tinker_public.proto` and not from the client's side. */
export function decodeForwardBackwardRequest(bytes: Uint8Array): Record<string, unknown> {
  const data: Datum[] = [];
  const config: Record<string, number> = {};
  const body: Record<string, unknown> = {};
  let loss = '';
  const reader = new BinaryReader(bytes);
  while (reader.pos < reader.len) {
    const [field, wire] = reader.tag();
    if (field === 1) body['model_id'] = reader.string();
    else if (field === 2) body['seq_id'] = reader.int32();
    else if (field === 3) data.push(readDatum(new BinaryReader(reader.bytes())));
    else if (field === 4) loss = reader.string();
    else if (field === 5) {
      const entry = new BinaryReader(reader.bytes());
      entry.tag();
      const key = entry.string();
      entry.tag();
      config[key] = entry.double();
    } else reader.skip(wire, field);
  }
  const settings = Object.keys(config).length === 0 ? null : config;
  return { ...body, forward_backward_input: { data, loss_fn: loss, loss_fn_config: settings } };
}

function readDatum(reader: BinaryReader): Datum {
  const chunks: Datum['model_input']['chunks'][number][] = [];
  const inputs: Record<string, TensorData> = {};
  while (reader.pos < reader.len) {
    const [field] = reader.tag();
    const inner = new BinaryReader(reader.bytes());
    inner.tag();
    if (field === 1) {
      const text = new BinaryReader(inner.bytes());
      text.tag();
      chunks.push({ type: 'encoded_text', tokens: Array.from(new Int32Array(copy(text.bytes()))) });
    } else {
      const name = inner.string();
      inner.tag();
      inputs[name] = readTensor(new BinaryReader(inner.bytes()));
    }
  }
  return { model_input: { chunks }, loss_fn_inputs: inputs };
}

function readTensor(reader: BinaryReader): TensorData {
  let [dense, dtype] = [new ArrayBuffer(0), 0];
  while (reader.pos < reader.len) {
    const [field, wire] = reader.tag();
    if (field === 1) dense = copy(reader.bytes());
    else if (field === 3) dtype = reader.int32();
    else reader.skip(wire, field);
  }
  const data = dtype === 2 ? Array.from(new BigInt64Array(dense), Number) : Array.from(new Float32Array(dense));
  return { data, dtype: dtype === 2 ? 'int64' : 'float32', shape: [data.length] };
}

interface SampleResult {
  readonly sequences: readonly { tokens: number[]; logprobs: number[]; stop_reason: 'stop' | 'length' }[];
}

export function encodeSampleResult({ sequences }: SampleResult): Uint8Array {
  const writer = new BinaryWriter();
  for (const { tokens, logprobs, stop_reason: stop } of sequences) {
    writer.tag(1, WireType.LengthDelimited).fork();
    if (stop === 'length') writer.tag(1, WireType.Varint).int32(1);
    writer.tag(2, WireType.LengthDelimited).bytes(bytesOf(Int32Array.from(tokens)));
    writer.tag(3, WireType.LengthDelimited).bytes(bytesOf(Float32Array.from(logprobs)));
    writer.join();
  }
  return writer.finish();
}

interface ForwardBackwardResult {
  readonly loss_fn_outputs: readonly { readonly logprobs: { readonly data: readonly number[] } }[];
}

export function encodeForwardBackwardResult({ loss_fn_outputs: outputs }: ForwardBackwardResult): Uint8Array {
  const all = outputs.flatMap(({ logprobs }) => [...logprobs.data]);
  const offsets = [0];
  for (const { logprobs } of outputs) offsets.push((offsets.at(-1) ?? 0) + 4 * logprobs.data.length);
  const writer = new BinaryWriter().tag(1, WireType.LengthDelimited).string('scalar');
  writer.tag(2, WireType.LengthDelimited).fork();
  writer.tag(2, WireType.LengthDelimited).fork().tag(1, WireType.LengthDelimited).string('logprobs');
  writer.tag(2, WireType.LengthDelimited).fork();
  writer.tag(1, WireType.LengthDelimited).bytes(bytesOf(Float32Array.from(all)));
  writer.tag(2, WireType.LengthDelimited).bytes(bytesOf(BigInt64Array.from(offsets, BigInt)));
  writer.tag(3, WireType.Varint).int32(1).join().join();
  return writer.tag(3, WireType.Varint).int64(outputs.length).join().finish();
}

function bytesOf(values: ArrayBufferView): Uint8Array {
  return new Uint8Array(values.buffer, values.byteOffset, values.byteLength);
}

function copy(bytes: Uint8Array): ArrayBuffer {
  return new Uint8Array(bytes).buffer;
}
