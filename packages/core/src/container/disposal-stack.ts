import { TurnwiseError } from '../errors/index.js';

/**
 * What has to be closed at the end of a run, last made first: a part is closed before the parts it was made from.
 * The container's own deactivation runs in binding order and skips what was never resolved, so it is not used.
 */
export class DisposalStack implements AsyncDisposable {
  private readonly entries: { name: string; dispose: () => Promise<void> | void }[] = [];

  /** Registers what was just made. */
  push(name: string, dispose: () => Promise<void> | void): void {
    this.entries.push({ name, dispose });
  }

  /**
   * Closes everything, whatever fails on the way; a second call finds nothing left to close.
   *
   * @throws PLUGIN_DISPOSE_FAILED with an AggregateError as cause.
   */
  async [Symbol.asyncDispose](): Promise<void> {
    const failures: { name: string; error: unknown }[] = [];
    for (let entry = this.entries.pop(); entry !== undefined; entry = this.entries.pop()) {
      try {
        await entry.dispose();
      } catch (error) {
        failures.push({ name: entry.name, error });
      }
    }
    if (failures.length === 0) return;
    const names = failures.map(({ name }) => name).join(', ');
    const reasons = failures.map(({ error }) => (error instanceof Error ? error.message : String(error))).join('; ');
    throw new TurnwiseError('PLUGIN_DISPOSE_FAILED', `Closing ${names} failed: ${reasons}`, {
      cause: new AggregateError(failures.map(({ error }) => error)),
    });
  }
}
