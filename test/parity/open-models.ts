import { readFileSync } from 'node:fs';
import {
  loadAdapter,
  loadCheckpoint,
  readAdapterConfig,
  saveAdapter,
  saveCheckpoint,
  type Engine,
  type LoraConfig,
} from '@turnwise/engine';

/** The engine's side of `transformers_logits.py`: one JSON command on standard input, one JSON value on output. */
interface Command {
  readonly folder: string;
  readonly tokens: readonly number[];
  /** Where to write the model again. */
  readonly save?: string;
  /** An adapter to load onto it, and where to write the two merged. */
  readonly adapter?: string;
  readonly merged?: string;
  /** An adapter to train on it for a few steps, and where to write it. */
  readonly train?: LoraConfig;
  readonly saveAdapter?: string;
}

const command = JSON.parse(readFileSync(0, 'utf8')) as Command;
const tokens = Int32Array.from(command.tokens);
const lora = command.adapter === undefined ? (command.train ?? null) : await readAdapterConfig(command.adapter);
const checkpoint = await loadCheckpoint(command.folder, { lora });
const { engine } = checkpoint;
const before = logitsOf(engine);
if (command.adapter !== undefined) await loadAdapter(command.adapter, engine);
if (command.train) train(engine);
if (command.save !== undefined) await saveCheckpoint(command.save, checkpoint);
if (command.merged !== undefined) await saveCheckpoint(command.merged, checkpoint);
if (command.saveAdapter !== undefined) await saveAdapter(command.saveAdapter, engine, command.folder);
const logits = logitsOf(engine);
const changed = Math.max(...logits.map((logit, i) => Math.abs(logit - (before[i] ?? NaN))));
process.stdout.write(JSON.stringify({ logits, changed }));

/** The logits after every token, from the cache. */
function logitsOf(engine: Engine): number[] {
  const decoder = engine.openDecoder({ slots: 1 });
  const logits = [...tokens].flatMap((token) => [...decoder.extend([{ slot: 0, tokens: [token] }])]);
  decoder.close();
  return logits;
}

function train(engine: Engine): void {
  const scored = Int32Array.from({ length: tokens.length - 1 }, (_, i) => i + 1);
  for (let step = 0; step < 5; step++) {
    engine.zeroGradients();
    engine.forward({ tokens, offsets: Int32Array.of(0, tokens.length), scored });
    engine.backward({ logprobs: new Float32Array(scored.length).fill(-1 / scored.length) });
    engine.optimizerStep({ learningRate: 0.02 });
  }
}
