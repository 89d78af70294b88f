import { readFileSync } from 'node:fs';
import { loadCheckpoint, saveCheckpoint } from '@turnwise/engine';

/** The engine's side of `transformers_logits.py`: one JSON command on standard input, one JSON value on output. */
interface Command {
  readonly folder: string;
  readonly tokens: readonly number[];
  readonly save?: string;
}

const command = JSON.parse(readFileSync(0, 'utf8')) as Command;
const checkpoint = await loadCheckpoint(command.folder);
const { engine } = checkpoint;
if (command.save !== undefined) await saveCheckpoint(command.save, checkpoint);

const decoder = engine.openDecoder({ slots: 1 });
const logits: number[] = [];
for (const token of command.tokens) {
  for (const logit of decoder.extend([{ slot: 0, tokens: [token] }])) logits.push(logit);
}
process.stdout.write(JSON.stringify({ logits }));
