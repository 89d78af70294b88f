import type { MlflowPair } from './mlflow-client.js';

/** Limits of servers of any age: names of 250 characters, values of 500. */
const longestName = 250;
const longestValue = 500;

/** A name as MLflow takes it: letters, digits, `_`, `-`, `.`, space and `/`. */
export function mlflowName(name: string): string {
  return name.replace(/[^\w\-./ ]/g, '_').slice(0, longestName);
}

/** The leaves of a configuration as parameters named by their paths; what is longer than 500 characters is cut. */
export function runParams(config: unknown): MlflowPair[] {
  const params: MlflowPair[] = [];
  const visit = (value: unknown, path: string): void => {
    const isBranch = typeof value === 'object' && value !== null && Object.keys(value).length > 0;
    if (isBranch) {
      for (const [key, inner] of Object.entries(value)) visit(inner, path === '' ? key : `${path}.${key}`);
      return;
    }
    const text = typeof value === 'string' ? value : JSON.stringify(value);
    const cut = text.length > longestValue ? `${text.slice(0, longestValue - 3)}...` : text;
    params.push({ key: mlflowName(path), value: cut });
  };
  visit(config, '');
  return params;
}
