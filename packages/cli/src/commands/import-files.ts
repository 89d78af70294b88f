import { join } from 'node:path';
import { LineFile, readPassages, readSourceQuestions, TurnwiseError, type Question } from '@turnwise/core';
import { worldFiles } from '@turnwise/wikiworld';
import type { Session } from '../session.js';

export interface FileImportOptions {
  readonly questions?: string;
  readonly train?: string;
  readonly eval?: string;
  readonly corpus?: string;
  readonly out: string;
  readonly limit?: number;
  readonly json?: true;
}

/** What became of one file of questions. */
interface Imported {
  readonly from: string;
  readonly file: string;
  readonly layout: string;
  readonly questions: number;
  /** Rows that are no questions to ask, e.g. unanswerable ones. */
  readonly leftOut: number;
  /** Supporting titles without a passage. */
  readonly missingSupport: number;
}

/**
 * Converts files of questions, and writes the passages that they bring along, each once, behind those of `--corpus`.
 * Files are read and written row by row; what is kept in memory are the ids. Every file is written whole or not at all.
 */
export async function importFiles(session: Session, options: FileImportOptions): Promise<void> {
  const folder = session.path(options.out);
  const parts = [
    { from: options.questions, name: 'questions.jsonl' },
    { from: options.train, name: worldFiles.train },
    { from: options.eval, name: worldFiles.eval },
  ].flatMap(({ from, name }) => (from === undefined ? [] : [{ from, file: session.path(from), name }]));
  if (parts.length === 0 && options.corpus === undefined) {
    throw new TurnwiseError(
      'CONFIG_USAGE',
      'There is nothing to import: name questions, --train, --eval or --corpus.',
      {
        hint: 'turnwise data import hotpot_train.parquet --out data',
      },
    );
  }
  await using corpus = await CorpusWriter.create(join(folder, worldFiles.corpus));
  if (options.corpus !== undefined) {
    for await (const passage of readPassages(session.path(options.corpus))) {
      await corpus.add(passage);
      progress(session, options.corpus, corpus.count, 'passages');
    }
  }
  const imported: Imported[] = [];
  const outputs: LineFile[] = [];
  try {
    for (const { from, file, name } of parts) {
      const output = await LineFile.create(join(folder, name));
      outputs.push(output);
      imported.push(await convert(session, { from, file, output, corpus, limit: options.limit }));
    }
    for (const output of outputs) await output.finish();
    if (corpus.count > 0) await corpus.finish();
  } finally {
    for (const output of outputs) await output[Symbol.asyncDispose]();
  }
  const passages = corpus.count === 0 ? null : { file: corpus.path, count: corpus.count };
  await (options.json === true
    ? session.json({ folder, questions: imported, passages })
    : session.print(summary(imported, passages)));
}

interface Conversion {
  readonly from: string;
  readonly file: string;
  readonly output: LineFile;
  readonly corpus: CorpusWriter;
  readonly limit: number | undefined;
}

async function convert(session: Session, { from, file, output, corpus, limit }: Conversion): Promise<Imported> {
  const ids = new Map<string, number>();
  let layout = '';
  let leftOut = 0;
  let missingSupport = 0;
  for await (const row of readSourceQuestions(file)) {
    if (limit !== undefined && ids.size >= limit) break;
    session.signal.throwIfAborted();
    layout = row.layout;
    if (row.leftOut !== null) {
      leftOut++;
      continue;
    }
    const before = ids.get(row.question.id);
    if (before !== undefined) {
      const where = `${file}:${row.number}`;
      const id = JSON.stringify(row.question.id);
      throw new TurnwiseError(
        'DATA_DUPLICATE_ID',
        `${where}: the question id ${id} was already used in row ${before}.`,
        {
          where,
        },
      );
    }
    ids.set(row.question.id, row.number);
    for (const { id, title, text } of row.passages ?? []) await corpus.add({ id, title, text });
    const supporting = row.passages?.filter((passage) => passage.supporting).map(({ id }) => id);
    missingSupport += row.missingSupport.length;
    await output.write(questionRow(row.question, supporting ?? row.question.supportingIds, row.split));
    progress(session, from, ids.size, 'questions');
  }
  if (ids.size === 0) {
    throw new TurnwiseError('DATA_EMPTY', `${file} holds no question.`, { where: file });
  }
  return { from: file, file: output.path, layout, questions: ids.size, leftOut, missingSupport };
}

function questionRow(
  { id, text, answers, hops, type }: Question,
  supportingIds: readonly string[] | undefined,
  split: string | null,
): object {
  return {
    id,
    question: text,
    golden_answers: answers,
    ...(type === undefined ? {} : { type }),
    ...(hops === undefined ? {} : { hops }),
    ...(supportingIds === undefined || supportingIds.length === 0
      ? {}
      : { supporting_ids: [...new Set(supportingIds)] }),
    ...(split === null ? {} : { split }),
  };
}

/** Passages by id, each written once. The file is made with the first of them. */
class CorpusWriter implements AsyncDisposable {
  private readonly ids = new Set<string>();

  private constructor(private readonly output: LineFile) {}

  static async create(path: string): Promise<CorpusWriter> {
    return new CorpusWriter(await LineFile.create(path));
  }

  get path(): string {
    return this.output.path;
  }

  get count(): number {
    return this.ids.size;
  }

  async add(passage: { readonly id: string; readonly title: string; readonly text: string }): Promise<void> {
    if (this.ids.has(passage.id)) return;
    this.ids.add(passage.id);
    await this.output.write(passage);
  }

  finish(): Promise<void> {
    return this.output.finish();
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.output[Symbol.asyncDispose]();
  }
}

function progress(session: Session, file: string, count: number, what: string): void {
  session.statusLine.update(() => `importing ${file}: ${count} ${what}`);
}

function summary(imported: readonly Imported[], passages: { file: string; count: number } | null): string {
  const lines = imported.map(({ from, file, layout, questions, leftOut, missingSupport }) => {
    const notes = [
      ...(leftOut > 0 ? [`${leftOut} rows left out: not answerable`] : []),
      ...(missingSupport > 0 ? [`${missingSupport} supporting titles have no passage`] : []),
    ];
    return `${file}: ${questions} questions from ${from} (${layout})${notes.length > 0 ? `; ${notes.join('; ')}` : ''}`;
  });
  return [...lines, ...(passages === null ? [] : [`${passages.file}: ${passages.count} passages`])].join('\n');
}
