import { stringify } from 'yaml';
import type { LoadedConfig } from './load-config.js';
import type { RunConfig } from './run-config.js';

/** A resolved configuration as data: a plugin that a TypeScript configuration imported is shown by its id. */
export function printableConfig({ config }: LoadedConfig): RunConfig {
  const replace = (key: string, value: unknown): unknown =>
    key === 'use' && typeof value === 'object' && value !== null && 'id' in value
      ? `imported ${String(value.id)}`
      : value;
  return JSON.parse(JSON.stringify(config, replace)) as RunConfig;
}

/** The same as YAML, with the name of the strategy as a comment. */
export function configYaml(loaded: LoadedConfig): string {
  return `# strategy: ${loaded.strategy}\n${stringify(printableConfig(loaded))}`;
}
