import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import { join } from 'node:path';
import { configuration, steps, train, writeConfiguration } from './fault-run.js';

/** Names a trajectory that infrastructure ended and that has an advantage all the same; `null`: there is none. */
function failedWithAdvantage(run: string): string | null {
  const folder = join(run, 'trajectories');
  if (!existsSync(folder)) return null;
  const lines = readdirSync(folder).flatMap((name) => readFileSync(join(folder, name), 'utf8').trim().split('\n'));
  for (const line of lines) {
    const { trajectories, advantages } = JSON.parse(line) as {
      trajectories: { id: string; failure?: unknown }[];
      advantages: { turns: number[][] };
    };
    const trained = trajectories.find(
      ({ failure }, member) => failure !== undefined && advantages.turns[member]?.some((advantage) => advantage !== 0),
    );
    if (trained !== undefined) return `${trained.id} failed and has an advantage`;
  }
  return null;
}

/** A search server that drops every connection after so many requests. */
export async function withoutSearch(run: string, requests: number): Promise<string | null> {
  let left = requests;
  const server: Server = createServer((request, response) => {
    if (left-- <= 0) return void request.socket.destroy();
    let body = '';
    request.on('data', (part) => (body += String(part)));
    request.on('end', () => {
      const { queries } = JSON.parse(body) as { queries: string[] };
      const hit = { document: { contents: '"Velkar"\nVelkar was written by Tinvek.' }, score: 1 };
      response.setHeader('content-type', 'application/json');
      response.end(JSON.stringify({ result: queries.map(() => [hit]) }));
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as { port: number };
  const layer =
    'layer: { attempts: 2, retrySeconds: 0.05, breakerSeconds: 0.05, timeoutSeconds: 5, cacheEntries: 0, batchSize: 1 }';
  const search = `search: { use: http, with: { url: "http://127.0.0.1:${port}/retrieve" }, ${layer} }\n`;
  const place = `${run}-place`;
  writeConfiguration(place, {
    'run.yaml': configuration.replace('quarantine: { strikes: 3 }', 'quarantine: null') + search,
  });
  try {
    const { code, error } = await train(place, run);
    if (code !== 1 || !error.includes('ROLLOUT_ALL_FAILED')) return `ended with ${code}: ${error}`;
    const wrong = failedWithAdvantage(run);
    if (wrong !== null) return wrong;
    left = Infinity;
    const rest = await train(place, run);
    if (rest.code !== 0) return `--resume ended with ${rest.code}: ${rest.error}`;
    const lines = readFileSync(join(run, 'metrics.jsonl'), 'utf8').trim().split('\n');
    return lines.length === steps + 1 ? null : `recorded ${lines.length} lines`;
  } finally {
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  }
}
