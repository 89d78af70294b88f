import { setImmediate as breathe } from 'node:timers/promises';
import type { GroupFiles } from './group-files.js';
import type { QuestionHistory, QuestionPage, QuestionRow, QuestionVisit, ScanProgress } from './views.js';

interface History {
  readonly id: string;
  readonly text: string;
  readonly visits: QuestionVisit[];
}

/**
 * What became of each question from step to step. All groups of the run have to be read once for that, which happens in the
 * background, a file at a time, from the first time somebody asks; until then answers say how far it is.
 */
export class QuestionHistories {
  readonly #histories = new Map<string, History>();
  readonly #scanned = new Set<number>();
  #files = 0;
  #ranking: { readonly scanned: number; readonly rows: readonly QuestionRow[] } = { scanned: 0, rows: [] };
  #scanning: Promise<void> | null = null;

  constructor(private readonly groups: Pick<GroupFiles, 'steps' | 'summaries'>) {}

  async history(id: string): Promise<QuestionHistory> {
    const progress = await this.#progress();
    const found = this.#histories.get(id);
    return {
      ...progress,
      question: found === undefined ? null : { id: found.id, text: found.text },
      visits: found === undefined ? [] : inOrder(found.visits),
    };
  }

  /**
   * Questions from `offset` on, those that changed most first: they are the ones worth looking at.
   *
   * @param words only questions whose text or id holds all of them, whatever their case
   */
  async page(offset: number, limit: number, words = ''): Promise<QuestionPage> {
    const progress = await this.#progress();
    const wanted = words.toLowerCase().split(/\s+/).filter(Boolean);
    const rows = this.#ranked().filter(({ id, text }) => {
      const held = `${id} ${text}`.toLowerCase();
      return wanted.every((word) => held.includes(word));
    });
    return { ...progress, total: rows.length, questions: rows.slice(offset, offset + limit) };
  }

  /** All questions, ranked again only when more was read. */
  #ranked(): readonly QuestionRow[] {
    if (this.#ranking.scanned !== this.#scanned.size) {
      const ranked = [...this.#histories.values()]
        .map(rowOf)
        .map((row) => ({ row, changed: changes(row) }))
        .sort((one, other) => other.changed - one.changed)
        .map(({ row }) => row);
      this.#ranking = { scanned: this.#scanned.size, rows: ranked };
    }
    return this.#ranking.rows;
  }

  /** Waits a moment for the scan, so that short runs are answered whole at once. */
  async #progress(): Promise<ScanProgress> {
    this.#scanning ??= this.#scan().finally(() => (this.#scanning = null));
    await Promise.race([this.#scanning, new Promise((resolve) => setTimeout(resolve, 250))]);
    return { scanned: this.#scanned.size, files: this.#files };
  }

  async #scan(): Promise<void> {
    const steps = await this.groups.steps();
    this.#files = steps.length;
    for (const step of steps.filter((each) => !this.#scanned.has(each))) {
      for (const { question, ...visit } of (await this.groups.summaries(step)) ?? []) {
        const history = this.#histories.get(question.id) ?? { ...question, visits: [] };
        history.visits.push({ step, ...visit });
        this.#histories.set(question.id, history);
      }
      this.#scanned.add(step);
      // Other requests are answered in between.
      await breathe();
    }
  }
}

const inOrder = (visits: readonly QuestionVisit[]): QuestionVisit[] => [...visits].sort((a, b) => a.step - b.step);

function rowOf({ id, text, visits }: History): QuestionRow {
  return { id, text, visits: inOrder(visits).map(({ step, state }) => ({ step, state })) };
}

function changes({ visits }: QuestionRow): number {
  return visits.filter(({ state }, index) => index > 0 && visits[index - 1]?.state !== state).length;
}
