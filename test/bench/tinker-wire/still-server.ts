import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { protobufType } from '../../../plugins/policy-tinker/src/protobuf.js';
import {
  decodeForwardBackwardRequest,
  encodeForwardBackwardResult,
} from '../../../plugins/policy-tinker/src/testing/toy-protobuf.js';

/** A Tinker server that answers updates with made-up log-probabilities, as JSON or protobuf, and counts bytes. */
const binary = process.argv[2] === 'protobuf';
let [received, sent, futures] = [0, 0, 0];
const results = new Map<string, Buffer | Uint8Array>();

interface Update {
  readonly forward_backward_input: { readonly data: { loss_fn_inputs: Record<string, { data: number[] }> }[] };
}

function resultOf({ forward_backward_input: { data } }: Update): Buffer | Uint8Array {
  const outputs = data.map(({ loss_fn_inputs: { logprobs } }) => {
    // As many digits as a server's float32 have in JSON.
    return { logprobs: { data: (logprobs?.data ?? []).map((value) => Math.fround(value * 1.01)), dtype: 'float32' } };
  });
  const result = { loss_fn_output_type: 'x', loss_fn_outputs: outputs, metrics: {} };
  return binary ? encodeForwardBackwardResult(result) : Buffer.from(JSON.stringify(result));
}

const server = createServer((request, response) => {
  const chunks: Buffer[] = [];
  request.on('data', (chunk: Buffer) => chunks.push(chunk));
  request.on('end', () => {
    const path = (request.url ?? '').replace('/api/v1', '');
    const bytes = Buffer.concat(chunks);
    received += bytes.length;
    const reply = (status: number, body: Buffer | Uint8Array, type = 'application/json'): void => {
      sent += body.length;
      response.writeHead(status, { 'content-type': type }).end(body);
    };
    const json = (body: object): void => reply(200, Buffer.from(JSON.stringify(body)));
    const parsed = (): Record<string, unknown> => JSON.parse(bytes.toString('utf8')) as Record<string, unknown>;
    if (path === '/get_server_capabilities') json({ supported_models: [{ model_name: 'still' }] });
    else if (path === '/create_session') json({ session_id: 's' });
    else if (path === '/session_heartbeat') json({});
    else if (path === '/retrieve_future') {
      const result = results.get(String(parsed()['request_id']));
      if (result === undefined) json({ model_id: 'm', metrics: {} });
      else reply(200, result, binary ? protobufType : 'application/json');
    } else if (path === '/forward_backward' && binary && request.headers['content-type'] !== protobufType) {
      reply(415, Buffer.from('{}'));
    } else {
      const id = String(++futures);
      if (path === '/forward_backward')
        results.set(id, resultOf((binary ? decodeForwardBackwardRequest(bytes) : parsed()) as never));
      json({ request_id: id });
    }
  });
});
process.on('message', () => {
  process.send?.({ received, sent });
  [received, sent] = [0, 0];
});
await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
process.send?.(`http://127.0.0.1:${(server.address() as AddressInfo).port}`);
