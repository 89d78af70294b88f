import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';

/** Endpoints that serve so many requests at once and take so long for each; more wait their turn, as on a real server. */
const [count = 8, slots = 16, milliseconds = 50] = process.argv.slice(2).map(Number);
const reply = (text: string): string =>
  JSON.stringify({
    choices: [{ finish_reason: 'stop', message: { content: text } }],
    usage: { prompt_tokens: 1, completion_tokens: 1 },
  });
const [searching, answering] = [reply('<search> something'), reply('<answer> something')];

const urls = await Promise.all(
  Array.from({ length: count }, async () => {
    const waiting: (() => void)[] = [];
    let free = slots;
    const server = createServer((incoming, outgoing) => {
      let length = 0;
      incoming.on('data', (chunk: Buffer) => (length += chunk.length));
      incoming.on('end', () => {
        const serve = (): void =>
          void setTimeout(() => {
            outgoing.setHeader('content-type', 'application/json');
            // The last of four turns may not search; by then the conversation has grown.
            outgoing.end(length > 900 ? answering : searching);
            const next = waiting.shift();
            if (next) next();
            else free++;
          }, milliseconds);
        if (free === 0) waiting.push(serve);
        else {
          free--;
          serve();
        }
      });
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    return `http://127.0.0.1:${(server.address() as AddressInfo).port}/v1`;
  }),
);
process.send?.(urls);
