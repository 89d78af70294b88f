import { TurnwiseError } from '../errors/index.js';
import { formatPath, type ConfigIssue, type ConfigPath } from '../schema/index.js';

type Locate = (path: ConfigPath, what?: 'key' | 'value') => string;

/** `CONFIG_INVALID` with one line for each problem: where, which key, what is wrong. */
export function configInvalid(label: string, issues: readonly ConfigIssue[], locate: Locate): TurnwiseError {
  const seen = new Set<string>();
  const lines = issues.flatMap(({ path, at, message }) => {
    const line = `${locate(path, at)}: ${path.length === 0 ? 'the configuration' : formatPath(path)} ${message}`;
    if (seen.has(line)) return [];
    seen.add(line);
    return [line];
  });
  const first = issues[0];
  const where = first === undefined ? label : locate(first.path, first.at);
  const message =
    lines.length === 1
      ? (lines[0] ?? '')
      : `${label} has ${lines.length} problems:\n${lines.map((line) => `  ${line}`).join('\n')}`;
  return new TurnwiseError('CONFIG_INVALID', message, {
    where,
    hint: 'All keys: `turnwise config schema`; what a file comes to: `turnwise config print`.',
  });
}
