import type { LoadedConfig, RunScope } from '@turnwise/core';
import type { CreditStrategies, CreditStrategy } from '@turnwise/server';
import type { ConfigOptions, Session } from './session.js';

/**
 * The strategies a service offers: the built-in ones and the configuration's own, or, where the configuration spells
 * reward and advantage out, that pair alone. Each is composed when it is first asked for.
 */
export class OpenedStrategies implements CreditStrategies, AsyncDisposable {
  readonly names: readonly string[];
  readonly defaultName: string;
  readonly #opened = new Map<string, Promise<CreditStrategy>>();
  readonly #scopes: RunScope[] = [];

  constructor(
    private readonly session: Session,
    private readonly options: ConfigOptions,
    private readonly loaded: LoadedConfig,
    private readonly signal: AbortSignal,
  ) {
    this.defaultName = loaded.strategy;
    this.names = loaded.strategy === 'custom' ? ['custom'] : loaded.strategyNames;
  }

  open(name: string): Promise<CreditStrategy> {
    const opened = this.#opened.get(name) ?? this.#compose(name);
    this.#opened.set(name, opened);
    // A failure is not kept: what was wrong may be mended while the service is up.
    opened.catch(() => this.#opened.delete(name));
    return opened;
  }

  async #compose(name: string): Promise<CreditStrategy> {
    const loaded =
      name === this.defaultName
        ? this.loaded
        : await this.session.load(
            { ...this.options, set: [...this.options.set, `strategy=${JSON.stringify(name)}`] },
            this.options.config !== undefined,
          );
    const scope = await this.session.compose(loaded, ['reward', 'advantage'], this.signal);
    this.#scopes.push(scope);
    return { rewards: await scope.rewards(), advantage: await scope.advantage() };
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const scope of this.#scopes.reverse()) await scope[Symbol.asyncDispose]();
  }
}
