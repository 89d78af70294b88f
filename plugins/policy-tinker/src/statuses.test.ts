import { afterEach, describe, expect, it } from '@jest/globals';
import { createTinkerServer, type Answer, type TinkerServer } from './testing/tinker-server.js';
import { arbitraryBatch, bumpy, emptyFolder, openPolicy, plain, type Recording } from './tinker.fixture.js';

let server: TinkerServer;
afterEach(() => server.close());

/** What became of one update of a server that answers so before it answers as it should. */
async function update(path: string, answers: readonly Answer[]): Promise<{ error: unknown; told: Recording }> {
  const left = [...answers];
  let armed = false;
  server = await createTinkerServer({
    vocabulary: 12,
    initialLogits: bumpy,
    instead: (asked) => (armed && asked === path ? left.shift() : undefined),
  });
  const { policy, told } = await openPolicy(server.url, { patienceSeconds: 5 });
  // The model is made before, so that the first future asked for is the update's.
  await policy.save(await emptyFolder());
  armed = true;
  const error: unknown = await policy.forwardBackward(arbitraryBatch(1, 12), plain).then(
    () => null,
    (thrown: unknown) => thrown,
  );
  armed = false;
  await policy[Symbol.asyncDispose]();
  return { error, told };
}

const sent = (path: string): number => server.arrivals.filter((arrival) => arrival.path === path).length;
const status = (code: number, body: object | string = { detail: 'because' }): Answer => ({ status: code, body });
const pending = { type: 'try_again', request_id: '1', queue_state: 'active' };
const paused = { ...pending, queue_state: 'paused_rate_limit', queue_state_reason: 'too many tokens a minute' };
/** As FastAPI says what is wrong with a request: it gives the request back. */
const invalid = {
  detail: [{ type: 'int', loc: ['body', 'data', 0], msg: 'Input should be an integer', input: 'secret '.repeat(9000) }],
};

describe('a request that is answered by', () => {
  it.each([402, 408, 425, 429, 500, 502, 503])('%d is sent again, and done once', async (code) => {
    const { error, told } = await update('/forward_backward', [status(code), status(code)]);
    expect(error).toBeNull();
    expect(sent('/forward_backward')).toBe(3);
    expect(server.engine.done).toEqual(['/forward_backward 1']);
    expect(told.warnings).toEqual(code === 402 ? ['hosted: the server waits to be paid: 402 because'] : []);
  });

  it.each([
    [400, 'RUN_SERVER_FAILED', 'answered 400: because', 'Check `server`'],
    [401, 'RUN_SERVER_FAILED', 'answered 401: because', 'keyVariable'],
    [403, 'RUN_SERVER_FAILED', 'answered 403: because', 'keyVariable'],
    [404, 'RUN_SERVER_STATE_LOST', 'no longer knows', '--resume'],
    [409, 'RUN_SERVER_FAILED', 'answered 409: because', 'nothing was sent twice'],
    [410, 'RUN_SERVER_FAILED', 'answered 410: because', '--resume'],
  ])('%d ends the run: %s', async (code, name, message, hint) => {
    const { error } = await update('/forward_backward', [status(code)]);
    expect(error).toMatchObject({ code: name, hint: expect.stringContaining(hint) as unknown });
    expect(String(error)).toContain(message);
    expect(sent('/forward_backward')).toBe(1);
    expect(server.engine.done).toEqual([]);
  });

  it('422 ends the run with place and reason, and never with the payload it gives back', async () => {
    const { error } = await update('/forward_backward', [status(422, invalid)]);
    expect(error).toMatchObject({ code: 'RUN_SERVER_FAILED' });
    expect(String(error)).toContain('422: body.data.0: Input should be an integer');
    expect(JSON.stringify([String(error), error])).not.toContain('secret');
    expect(server.engine.done).toEqual([]);
  });

  it('415 is sent in protobuf; one that refuses that too ends the run', async () => {
    const { error } = await update('/forward_backward', [status(415), status(415)]);
    expect(error).toMatchObject({ code: 'RUN_SERVER_FAILED' });
    expect(sent('/forward_backward')).toBe(2);
    await server.close();
    expect((await update('/forward_backward', [status(415)])).error).toBeNull();
    expect(server.engine.done).toEqual(['/forward_backward 1']);
  });
});

describe('a future that is answered by', () => {
  it.each<[string, Answer]>([
    ['try_again', status(200, pending)],
    ['408', status(408)],
    ['402', status(402)],
    ['425', status(425)],
    ['429', status(429)],
    ['500', status(500)],
    ['503', status(503, '<html>')],
    ['400 without a reason', status(400, '<html>')],
    ['a note that the result is large', status(200, { status: 'complete_metadata', response_payload_size: 9 })],
  ])('%s is asked for again', async (_name, answer) => {
    const { error } = await update('/retrieve_future', [answer, answer]);
    expect(error).toBeNull();
    expect(server.engine.done).toEqual(['/forward_backward 1']);
    expect(sent('/forward_backward')).toBe(1);
  });

  it('a pause is asked for again, and why is told once', async () => {
    const { error, told } = await update('/retrieve_future', [status(200, paused), status(408, paused)]);
    expect(error).toBeNull();
    expect(told.warnings).toEqual([
      'hosted: the server makes this client wait (paused_rate_limit: too many tokens a minute)',
    ]);
  });

  it.each<[string, readonly Answer[], string, string]>([
    ['400 with a reason', [status(400)], 'RUN_SERVER_FAILED', 'failed on the server: because'],
    ['400 three times', Array<Answer>(3).fill(status(400, '<html>')), 'RUN_SERVER_FAILED', '<html>'],
    ['an error', [status(200, { error: 'out of memory', category: 'server' })], 'RUN_SERVER_FAILED', 'out of memory'],
    ['404', [status(404)], 'RUN_SERVER_STATE_LOST', 'no longer knows'],
    ['409', [status(409)], 'RUN_SERVER_FAILED', 'answered 409'],
    ['422', [status(422, invalid)], 'RUN_SERVER_FAILED', '422: body.data.0: Input should be an integer'],
  ])('%s ends the run', async (_name, answers, code, message) => {
    const { error } = await update('/retrieve_future', answers);
    expect(error).toMatchObject({ code, hint: expect.stringContaining('--resume') as unknown });
    expect(String(error)).toContain(message);
    expect(String(error).length).toBeLessThan(600);
    expect(sent('/forward_backward')).toBe(1);
  });

  it.each([
    ['once is sent again under its number and read then', 1, null],
    ['again and again ends the run', 9, { code: 'RUN_SERVER_STATE_LOST' }],
  ])('410 %s; what was done is not done twice', async (_name, times, expected) => {
    const { error } = await update('/retrieve_future', Array<Answer>(times).fill(status(410)));
    if (expected === null) expect(error).toBeNull();
    else expect(error).toMatchObject({ ...expected, hint: expect.stringContaining('--resume') as unknown });
    const asked = server.arrivals.filter(({ path }) => path === '/forward_backward');
    expect(new Set(asked.map(({ body }) => body['seq_id']))).toEqual(new Set([1]));
    expect(asked).toHaveLength(times === 1 ? 2 : 4);
    expect(server.engine.done).toEqual(['/forward_backward 1']);
  });
});
