import { describe, expect, it } from '@jest/globals';
import { decodeForwardBackward, decodeSample, encodeForwardBackward } from './protobuf.js';

/** Written by the official Python client's own message classes (tinker 0.25.0, deterministic serialisation). */
const written = {
  request:
    'Cgdtb2RlbF8xEKwCGkQKEAoOCgwBAAAAcBEBAAMAAAASMAoNdGFyZ2V0X3Rva2VucxIfChhwEQEAAAAAAAMAAAAAAAAABAAAAAAAAAAYAiIB' +
    'AxolCggKBgoEBQAAABIZCgphZHZhbnRhZ2VzEgsKBAAAAL8YASIBASIDcHBvKh0KEmNsaXBfbG93X3RocmVzaG9sZBGamZmZmZnpPw==',
  sample: 'ChYIARIIBwAAAHARAQAaCAAAAL8AAKC/CgwSBAkAAAAaBAAAAMASCAAAwH8AAIC/IAw=',
  output:
    'CgF4En0KAXQSPgoQZWxlbWVudHdpc2VfbG9zcxIqCgwAABBBAAAQQQAAEEESGAAAAAAAAAAACAAAAAAAAAAMAAAAAAAAABgBEjYKCGxvZ3By' +
    'b2JzEioKDAAAAL8AAMC/AAAgwBIYAAAAAAAAAAAIAAAAAAAAAAwAAAAAAAAAGAEYAhIqEiYKCGxvZ3Byb2JzEhoKBAC/QMASEAAAAAAAAAAA' +
    'BAAAAAAAAAAYBBgBGg8KBGxvc3MRAAAAAAAA+D8=',
};
const bytes = (text: string): Uint8Array => Uint8Array.from(Buffer.from(text, 'base64'));

describe('the binary form', () => {
  it('of a request is what the official client writes, to the byte', () => {
    const body = {
      model_id: 'model_1',
      seq_id: 300,
      forward_backward_input: {
        data: [
          {
            model_input: { chunks: [{ type: 'encoded_text' as const, tokens: [1, 70000, 3] }] },
            loss_fn_inputs: { target_tokens: { data: [70000, 3, 4], dtype: 'int64' as const, shape: [3] } },
          },
          {
            model_input: { chunks: [{ type: 'encoded_text' as const, tokens: [5] }] },
            loss_fn_inputs: { advantages: { data: [-0.5], dtype: 'float32' as const, shape: [1] } },
          },
        ],
        loss_fn: 'ppo',
        loss_fn_config: { clip_low_threshold: 0.8 },
      },
    };
    expect(Buffer.from(encodeForwardBackward(body)).toString('base64')).toBe(written.request);
  });

  it('of a sample is read as its JSON would be', () => {
    expect(decodeSample(bytes(written.sample))).toEqual({
      sequences: [
        { tokens: [7, 70000], logprobs: [-0.5, -1.25], stop_reason: 'length' },
        { tokens: [9], logprobs: [-2], stop_reason: 'stop' },
      ],
    });
  });

  it('of an update gives one record for each datum, float32 or bfloat16', () => {
    expect(decodeForwardBackward(bytes(written.output))).toEqual({
      loss_fn_outputs: [
        { logprobs: { data: [-0.5, -1.5] } },
        { logprobs: { data: [-2.5] } },
        { logprobs: { data: [-0.5, -3] } },
      ],
    });
  });

  it('that breaks off is an error, never half a result', () => {
    const whole = bytes(written.output);
    expect(() => decodeForwardBackward(whole.slice(0, 60))).toThrow();
    expect(() => decodeSample(bytes(written.sample).slice(0, 9))).toThrow();
  });
});
