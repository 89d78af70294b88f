import { RunDirectory } from './run-directory.js';
import { RunView } from './run-view.js';
import type { RunChange, RunRow } from './views.js';

/** The runs below a folder. What was read of a run is kept as long as it is there. */
export class RunViews {
  readonly #directory: RunDirectory;
  readonly #views = new Map<string, RunView>();

  /** @param folder Absolute. */
  constructor(folder: string) {
    this.#directory = new RunDirectory(folder);
  }

  /** A run; `null` when there is none of that name, or no longer. */
  async find(name: string): Promise<RunView | null> {
    const folder = await this.#directory.find(name);
    if (folder === null) {
      this.#views.delete(name);
      return null;
    }
    const view = this.#views.get(name) ?? new RunView(name, folder);
    this.#views.set(name, view);
    return view;
  }

  async rows(): Promise<RunRow[]> {
    const views = await Promise.all((await this.#directory.names()).map((name) => this.find(name)));
    return Promise.all(views.flatMap((view) => (view === null ? [] : [view.row()])));
  }

  /** How many rows of metrics each run has. */
  async changes(): Promise<RunChange[]> {
    const views = await Promise.all((await this.#directory.names()).map((name) => this.find(name)));
    return Promise.all(
      views.flatMap((view) =>
        view === null ? [] : [view.latest.read().then(({ rows }) => ({ name: view.name, rows }))],
      ),
    );
  }
}
