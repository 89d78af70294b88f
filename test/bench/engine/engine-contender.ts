import { sampleToken, type Engine, type PackedBatch } from '@turnwise/engine';
import {
  fullWork,
  promptTokens,
  timed,
  trainingTokens,
  vocabularySize,
  type Contender,
  type Work,
} from './contender.js';

/** Any engine on this thread, with the likelihood of all tokens as loss and nothing around it. */
export function engineContender(
  name: string,
  engine: Engine,
  about: Contender['about'],
  work: Work = fullWork,
): Contender {
  const decoder = engine.openDecoder({ slots: work.prompts });
  const batch = trainingBatch(work);
  return {
    name,
    work,
    about,
    train: () => timed(() => trainStep(engine, batch)),
    sample: async () => {
      const prompts = Array.from({ length: work.prompts }, (_, slot) => ({ slot, tokens: promptTokens(work, slot) }));
      for (const { slot } of prompts) decoder.truncate(slot, 0);
      let logits = new Float32Array();
      const extend = (items: { slot: number; tokens: number[] }[]): void => {
        logits = decoder.extend(items) as Float32Array<ArrayBuffer>;
      };
      const reading = await timed(() => extend(prompts));
      const sampling = await timed(() => {
        for (let step = 0; step < work.newTokens; step++) {
          extend(
            prompts.map(({ slot }) => {
              const uniform = ((step * work.prompts + slot) * 0.618034) % 1;
              const options = { temperature: 1, uniform };
              return { slot, tokens: [sampleToken(logits, slot * vocabularySize, vocabularySize, options).token] };
            }),
          );
        }
      });
      return { reading, sampling };
    },
    close: () => {
      decoder.close();
      return Promise.resolve();
    },
  };
}

/** One step on the mean negative log-likelihood; returns it as it was before. */
export function trainStep(engine: Engine, batch: PackedBatch): number {
  engine.zeroGradients();
  const { logprobs } = engine.forward(batch);
  engine.backward({ logprobs: new Float32Array(logprobs.length).fill(-1 / logprobs.length) });
  engine.optimizerStep({ learningRate: 1e-4 });
  return -logprobs.reduce((sum, value) => sum + value, 0) / logprobs.length;
}

export function trainingBatch(work: Work): PackedBatch {
  const { trainingSequences, trainingLength } = work;
  const tokens = Int32Array.from(trainingTokens(work));
  return {
    tokens,
    offsets: Int32Array.from({ length: trainingSequences + 1 }, (_, s) => s * trainingLength),
    scored: Int32Array.from([...tokens.keys()].filter((position) => position % trainingLength !== 0)),
  };
}
