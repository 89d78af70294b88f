import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import ts from 'typescript';
import { runCommandLine } from 'turnwise';
import { allBlocks, root, type CodeBlock } from './pages.js';

/**
 * Every block of code in the documentation is held to what is there: configurations are checked by the command line,
 * TypeScript by the compiler, commands against the commands, options and scripts that exist, JSON by a parser.
 */
const blocks = allBlocks();
const blocksOf = (...languages: string[]) => blocks.filter(({ language }) => languages.includes(language));
const place = ({ page, line }: CodeBlock): string => `${page}:${line}`;

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'turnwise-docs-'));
});
afterAll(() => rmSync(folder, { recursive: true }));

async function turnwise(...words: string[]): Promise<{ code: number; text: string }> {
  let text = '';
  const code = await runCommandLine(words, {
    writeOut: (part) => Promise.resolve(void (text += part)),
    error: { isTTY: false, write: (part: string) => ((text += part), true) },
    currentFolder: folder,
    onInterrupt: () => () => undefined,
    exit: () => undefined,
  });
  return { code, text };
}

it('knows what to do with every block', () => {
  const known = ['sh', 'yaml', 'json', 'ts', 'text', 'python', 'toml', 'http', 'html', ''];
  expect(blocks.filter(({ language }) => !known.includes(language)).map(place)).toEqual([]);
  expect(blocks.length).toBeGreaterThan(60);
});

describe('configurations', () => {
  /** A fragment shows what it is about; what it leaves out is filled in. */
  function complete(code: string): string {
    const has = (key: string): boolean => new RegExp(`^${key}:`, 'm').test(code);
    const pair = has('reward') && !has('advantage') ? 'advantage: { use: grpo }\n' : '';
    const other = has('advantage') && !has('reward') ? 'reward: { use: folr }\n' : '';
    return `${code}\n${pair}${other}${has('data') ? '' : 'data: { eval: { file: q.jsonl } }\n'}`;
  }

  it.each(blocksOf('yaml').map((block) => [place(block), block] as const))('%s', async (_, block) => {
    writeFileSync(join(folder, 'run.yaml'), complete(block.code));
    const { code, text } = await turnwise('config', 'check', '-c', 'run.yaml');
    // Files, packages and servers of the reader are not here; everything else must be right.
    const allowed = /^error (DATA_NOT_FOUND|PLUGIN_NOT_FOUND|PLUGIN_NOT_ALLOWED)/m.test(text);
    expect(code === 0 || allowed ? 'accepted' : text).toBe('accepted');
  });
});

describe('commands', () => {
  const manifest = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as { scripts: Record<string, string> };
  // In the folder of a plugin, `npm run` means the scripts that a new one is made with.
  const scripts = new Set([...Object.keys(manifest.scripts), 'build', 'test', 'readme']);
  const flags = new Map<string, string>();

  async function helpOf(words: readonly string[]): Promise<string> {
    const key = words.join(' ');
    const known = flags.get(key);
    if (known !== undefined) return known;
    const { text } = await turnwise(...words, '--help');
    flags.set(key, text);
    return text;
  }

  async function problems(line: string): Promise<string[]> {
    const command = line.replace(/(^|\s)#.*$/, '').trim();
    const script = /^npm run (?:-s |--silent )?([\w:-]+)/.exec(command)?.[1];
    if (script !== undefined && !scripts.has(script)) return [`no script ${script}`];
    const bench = /^npm run (?:-s )?bench -- ([\w-]+)/.exec(command)?.[1];
    if (bench !== undefined && !existsSync(join(root, `test/bench/${bench}.ts`))) return [`no benchmark ${bench}`];
    const words = /^(?:npx |npm run (?:-s |--silent )?)?turnwise (?:-- )?(.*)$/.exec(command)?.[1]?.split(/\s+/);
    if (words === undefined) return [];
    const names = words.slice(0, 2).filter((word) => /^[a-z][a-z-]*$/.test(word));
    const top = await helpOf([]);
    const [first = ''] = names;
    if (!new RegExp(`^  ${first}\\b`, 'm').test(top)) return [`no command ${first}`];
    const own = await helpOf([first]);
    const nested = names[1] !== undefined && new RegExp(`^  ${names[1]}\\b`, 'm').test(own);
    const help = nested ? await helpOf(names) : own;
    return words
      .filter((word) => /^--?[a-z]/.test(word))
      .map((word) => word.split('=')[0] ?? word)
      .filter((flag) => !new RegExp(`(^|[\\s,])${flag}\\b`).test(help))
      .map((flag) => `${names.join(' ')} has no ${flag}`);
  }

  it.each(blocksOf('sh').map((block) => [place(block), block] as const))('%s', async (_, block) => {
    const found: string[] = [];
    for (const line of block.code.replace(/\\\n/g, ' ').split('\n')) found.push(...(await problems(line)));
    expect(found).toEqual([]);
  });

  it('are judged: a wrong command, option and script are found', async () => {
    expect(await problems('npx turnwise trian -c run.yaml')).toEqual(['no command trian']);
    expect(await problems('npm run turnwise -- eval --checkpiont x')).toEqual(['eval has no --checkpiont']);
    expect(await problems('npm run quickstrat')).toEqual(['no script quickstrat']);
    expect(await problems('npm run bench -- enigne --json')).toEqual(['no benchmark enigne']);
    expect(await problems('npm run turnwise -- config check -c run.yaml --json # fine')).toEqual([]);
  });
});

describe('JSON', () => {
  it.each(blocksOf('json').map((block) => [place(block), block] as const))('%s', (_, { code }) => {
    // One value, or one a line.
    const parse = (text: string) => JSON.parse(text) as unknown;
    let problem = '';
    try {
      parse(code);
    } catch {
      try {
        code.trim().split('\n').forEach(parse);
      } catch (error) {
        problem = String(error);
      }
    }
    expect(problem).toBe('');
  });
});

describe('TypeScript', () => {
  it('compiles', () => {
    const files = new Map(
      blocksOf('ts').map((block) => [join(root, `test/docs/block-${place(block).replace(/\W/g, '-')}.ts`), block]),
    );
    const configuration = ts.readConfigFile(join(root, 'tsconfig.check.json'), (path) => readFileSync(path, 'utf8'));
    const { options } = ts.parseJsonConfigFileContent(configuration.config, ts.sys, root);
    // What a block calls `../src/index.js` is the plugin of the reader: here, the one a new reward starts from.
    const plugin = join(root, 'test/src/index.ts');
    const ownPlugin = "export { default } from '../../packages/create-plugin/src/templates/reward/plugin.js';";
    const textOf = (path: string): string | undefined =>
      path === plugin ? ownPlugin : files.has(path) ? `${files.get(path)?.code ?? ''}\nexport {};\n` : undefined;
    const plain = ts.createCompilerHost({ ...options, noUnusedLocals: false });
    const host: ts.CompilerHost = {
      ...plain,
      directoryExists: (path) => path === dirname(plugin) || ts.sys.directoryExists(path),
      fileExists: (path) => textOf(path) !== undefined || plain.fileExists(path),
      readFile: (path) => textOf(path) ?? plain.readFile(path),
      getSourceFile: (path, version, ...rest) => {
        const text = textOf(path);
        return text === undefined
          ? plain.getSourceFile(path, version, ...rest)
          : ts.createSourceFile(path, text, version, true);
      },
    };
    const program = ts.createProgram(
      [...files.keys()],
      { ...options, noUnusedLocals: false, noUnusedParameters: false },
      host,
    );
    const found = [...files].flatMap(([path, block]) => {
      const source = program.getSourceFile(path);
      const diagnostics = [...program.getSyntacticDiagnostics(source), ...program.getSemanticDiagnostics(source)];
      return diagnostics.map(({ messageText, start = 0 }) => {
        const line = source?.getLineAndCharacterOfPosition(start).line ?? 0;
        return `${block.page}:${block.line + 1 + line}: ${ts.flattenDiagnosticMessageText(messageText, '\n')}`;
      });
    });
    expect(found).toEqual([]);
    expect(files.size).toBeGreaterThan(5);
  });
});
