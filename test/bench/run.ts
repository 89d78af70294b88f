import { readdirSync } from 'node:fs';
import { cpus } from 'node:os';
import { dirname } from 'node:path';
import { fileURLToPath } from 'node:url';

/** `npm run bench -- NAME [--json] [key=value ...]`: runs one benchmark of this folder. */
const folder = dirname(fileURLToPath(import.meta.url));
const names = readdirSync(folder)
  .filter((file) => file.endsWith('.ts') && file !== 'run.ts' && !file.endsWith('.test.ts'))
  .map((file) => file.slice(0, -3));
const words = process.argv.slice(2);
const json = words.includes('--json');
const [name, ...settings] = words.filter((word) => !word.startsWith('--'));

if (name === undefined || !names.includes(name)) {
  process.stderr.write(`There is no benchmark ${JSON.stringify(name)}. Benchmarks: ${names.join(', ')}.\n`);
  process.exit(2);
}
const options = Object.fromEntries(settings.map((setting) => setting.split('=', 2) as [string, string]));
const { default: bench } = (await import(`./${name}.ts`)) as {
  default: (options: Record<string, string>) => Promise<Record<string, unknown>>;
};
const machine = { node: process.version, processor: cpus()[0]?.model, cores: cpus().length };
const result = { benchmark: name, machine, ...(await bench(options)) };
process.stdout.write(`${JSON.stringify(result, null, json ? 0 : 2)}\n`);
