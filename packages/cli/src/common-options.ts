import { InvalidArgumentError, Option, type Command } from 'commander';

/** `-c FILE` and `--set K=V`, the same for every command that reads a configuration. */
export function withConfigOptions(command: Command): Command {
  return command
    .option('-c, --config <file>', 'configuration file; default: turnwise.config.* or turnwise.* in this folder')
    .addOption(setOption())
    .option('--locked', 'every third-party plugin must be as turnwise.lock.json says; always so where CI is set');
}

/** `--set a.b=c`, may be given many times. */
function setOption(): Option {
  return new Option('--set <path=value>', 'override a configuration value, e.g. --set rollout.groupSize=8; repeatable')
    .argParser((value: string, previous: readonly string[]) => [...previous, value])
    .default([], 'none');
}

/** `--json` */
export function jsonOption(what = 'one JSON object'): Option {
  return new Option('--json', `print ${what} on stdout and nothing else`);
}

/** Parses an option that counts something. */
export function wholeNumber(least: number): (text: string) => number {
  return (text) => {
    const value = Number(text);
    if (text.trim() === '' || !Number.isInteger(value) || value < least) {
      throw new InvalidArgumentError(`Expected a whole number of at least ${least}.`);
    }
    return value;
  };
}
