import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import type { CorpusSource, LoadedConfig, QuestionSource } from '../config/index.js';
import type { ConfigPath } from '../schema/index.js';
import type { Passage, Question } from '../contract/index.js';
import { fileDigest, readCorpus, readQuestions } from '../data/index.js';
import { suggestion, TurnwiseError } from '../errors/index.js';
import type { World, WorldSource } from './run-environment.js';

/** The parts of a run's data. */
export type DataPart = 'corpus' | 'train' | 'eval';

/** Which data a run used; goes into its manifest. */
export interface DataDigest {
  /** The source as the configuration names it. */
  readonly source: CorpusSource | QuestionSource;
  /** Passages or questions in use. */
  readonly count: number;
  /** SHA-256, lower-case hex: of the file's bytes, or of a world's items as JSON lines. */
  readonly sha256: string;
}

/** Reads corpus and questions of a run, each at most once and not before it is asked for. */
export class RunData {
  private readonly cache = new Map<string, Promise<unknown>>();

  constructor(
    private readonly loaded: LoadedConfig,
    private readonly worlds: Readonly<Record<string, WorldSource>>,
  ) {}

  /** The passages; empty when the configuration names no corpus. */
  corpus(): Promise<readonly Passage[]> {
    return this.once('corpus', async () => {
      const { corpus } = this.loaded.config;
      if (corpus === undefined) return [];
      if ('file' in corpus) return this.reading(['corpus', 'file'], () => readCorpus(corpus.file));
      return (await this.world()).passages;
    });
  }

  /** The questions of a split. Throws `CONFIG_INVALID` when the configuration names none. */
  questions(split: 'train' | 'eval'): Promise<readonly Question[]> {
    return this.once(split, async () => {
      const source = this.loaded.config.data[split];
      if (source === undefined) {
        throw new TurnwiseError('CONFIG_INVALID', `${this.loaded.locate(['data'])}: data.${split} is missing.`, {
          where: this.loaded.locate(['data']),
          hint: `Add data.${split}: { file: questions.jsonl } or { world: wikiworld }.`,
        });
      }
      if ('world' in source) return (await this.world())[split];
      const { file, limit, split: rows } = source;
      return this.reading(['data', split, 'file'], () => readQuestions(file, { limit, split: rows }));
    });
  }

  /** Checks that the files the configuration names are there, without reading them. Throws `DATA_NOT_FOUND`. */
  assertFiles(): void {
    const { corpus, data } = this.loaded.config;
    const parts: [ConfigPath, CorpusSource | QuestionSource | undefined][] = [
      [['corpus', 'file'], corpus],
      [['data', 'train', 'file'], data.train],
      [['data', 'eval', 'file'], data.eval],
    ];
    for (const [path, source] of parts) {
      if (source === undefined || !('file' in source) || existsSync(source.file)) continue;
      const where = this.loaded.locate(path);
      throw new TurnwiseError('DATA_NOT_FOUND', `${where}: There is no file ${source.file}.`, { where });
    }
  }

  /** Digests of the data the configuration names; the other parts are not read. */
  async digests(parts: readonly DataPart[]): Promise<Partial<Record<DataPart, DataDigest>>> {
    const { corpus, data } = this.loaded.config;
    const sources = { corpus, train: data.train, eval: data.eval };
    const digests: Partial<Record<DataPart, DataDigest>> = {};
    for (const part of parts) {
      const source = sources[part];
      if (source === undefined) continue;
      digests[part] = await digest(source, await (part === 'corpus' ? this.corpus() : this.questions(part)));
    }
    return digests;
  }

  private world(): Promise<World> {
    return this.once('world', async () => {
      const { corpus, data } = this.loaded.config;
      const parts: [ConfigPath, CorpusSource | QuestionSource | undefined][] = [
        [['corpus'], corpus],
        [['data', 'train'], data.train],
        [['data', 'eval'], data.eval],
      ];
      const [path, use] = parts.find(([, source]) => source && 'world' in source) ?? [];
      if (path === undefined || use === undefined || !('world' in use)) throw new Error('no part names a world');
      const where = this.loaded.locate([...path, 'world']);
      const source = Object.hasOwn(this.worlds, use.world) ? this.worlds[use.world] : undefined;
      if (source === undefined) {
        const names = Object.keys(this.worlds);
        const text = `there is no world ${JSON.stringify(use.world)}.${suggestion(use.world, names)} Known: ${names.join(', ')}.`;
        throw new TurnwiseError('CONFIG_INVALID', `${where}: ${text}`, { where });
      }
      const count = (part: QuestionSource | undefined): number | undefined =>
        part && 'world' in part ? part.questions : undefined;
      const [trainQuestions, evalQuestions] = [count(data.train), count(data.eval)];
      try {
        return await source({
          difficulty: use.difficulty ?? 'standard',
          seed: use.seed ?? 1,
          ...(trainQuestions === undefined ? {} : { trainQuestions }),
          ...(evalQuestions === undefined ? {} : { evalQuestions }),
        });
      } catch (cause) {
        if (TurnwiseError.is(cause)) throw cause;
        const reason = cause instanceof Error ? cause.message : String(cause);
        throw new TurnwiseError('CONFIG_INVALID', `${where}: the world ${use.world} refuses: ${reason}`, {
          where,
          cause,
        });
      }
    });
  }

  /** Adds to an error about a missing file where the configuration names it. */
  private async reading<Item>(path: ConfigPath, read: () => Promise<Item>): Promise<Item> {
    try {
      return await read();
    } catch (error) {
      if (!TurnwiseError.is(error) || error.code !== 'DATA_NOT_FOUND') throw error;
      const where = this.loaded.locate(path);
      throw new TurnwiseError(error.code, `${where}: ${error.message}`, {
        where,
        cause: error,
        ...(error.hint === undefined ? {} : { hint: error.hint }),
      });
    }
  }

  private once<Value>(key: string, read: () => Promise<Value>): Promise<Value> {
    const known = this.cache.get(key) ?? read();
    this.cache.set(key, known);
    return known as Promise<Value>;
  }
}

async function digest(source: CorpusSource | QuestionSource, items: readonly unknown[]): Promise<DataDigest> {
  if ('file' in source) return { source, count: items.length, sha256: await fileDigest(source.file) };
  const hash = createHash('sha256');
  for (const item of items) hash.update(`${JSON.stringify(item)}\n`);
  return { source, count: items.length, sha256: hash.digest('hex') };
}
