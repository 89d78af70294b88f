import type { CorpusSource, QuestionSource } from './data-schema.js';
import type { ConfigIssue, ConfigPath } from '../schema/index.js';
import type { RunConfig } from './run-config.js';

type WorldUse = Extract<QuestionSource | CorpusSource, { world: string }>;

/**
 * Completes what the parts of one generated world leave out. Corpus, training and held-out questions are cut from one
 * world, so what one of them says about name, difficulty and seed holds for all; saying different things is an issue.
 * Questions of a world without a corpus bring their world's passages.
 */
export function resolveWorlds(config: RunConfig): { config: RunConfig; issues: ConfigIssue[] } {
  const parts: { path: ConfigPath; source: QuestionSource | CorpusSource | undefined }[] = [
    { path: ['corpus'], source: config.corpus },
    { path: ['data', 'train'], source: config.data.train },
    { path: ['data', 'eval'], source: config.data.eval },
  ];
  const worlds = parts.flatMap(({ path, source }) => (source && 'world' in source ? [{ path, source }] : []));
  const first = worlds[0];
  if (first === undefined) return { config, issues: [] };
  const issues: ConfigIssue[] = [];
  const agree = <Key extends 'world' | 'difficulty' | 'seed'>(key: Key): WorldUse[Key] | undefined => {
    const given = worlds.filter(({ source }) => source[key] !== undefined);
    const chosen = given[0]?.source[key];
    for (const { path, source } of given.filter((other) => other.source[key] !== chosen)) {
      const message = `is ${JSON.stringify(source[key])}, but ${given[0]?.path.join('.')}.${key} is ${JSON.stringify(chosen)}: corpus and questions must come from one world.`;
      issues.push({ path: [...path, key], at: 'value', message });
    }
    return chosen;
  };
  const shared = {
    world: agree('world') ?? first.source.world,
    difficulty: agree('difficulty') ?? 'standard',
    seed: agree('seed') ?? 1,
  };
  const complete = <Source extends QuestionSource | CorpusSource>(source: Source | undefined): Source | undefined =>
    source && 'world' in source ? { ...source, ...shared } : source;
  const { train, eval: evaluation } = config.data;
  const data = {
    ...(train === undefined ? {} : { train: complete(train) }),
    ...(evaluation === undefined ? {} : { eval: complete(evaluation) }),
  };
  return { config: { ...config, data, corpus: complete(config.corpus) ?? shared }, issues };
}
