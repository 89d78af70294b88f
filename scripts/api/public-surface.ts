import { join, relative } from 'node:path';
import ts from 'typescript';
import { publishedWorkspaces, root, type Workspace } from '../packages/workspaces.js';

/** What a package offers, as text that changes when, and only when, a user could notice. */
export interface Surface {
  readonly packageName: string;
  readonly text: string;
}

const entryOf = ({ folder }: Workspace): string => join(root, folder, 'dist/index.d.ts');
const printer = ts.createPrinter({ removeComments: true, newLine: ts.NewLineKind.LineFeed });

/**
 * The public surface of every published package: each export with its declaration, and each declaration of the package
 * those need without it being exported. Read from the built declarations, so `tsc -b` comes first. Comments are left
 * out, and so is the place of a declaration: moving it changes nothing for a user.
 */
export function publicSurfaces(): Surface[] {
  const workspaces = publishedWorkspaces();
  const program = ts.createProgram(workspaces.map(entryOf), {
    module: ts.ModuleKind.NodeNext,
    target: ts.ScriptTarget.ES2022,
    lib: ['lib.es2023.d.ts', 'lib.esnext.disposable.d.ts'],
    types: ['node'],
    skipLibCheck: true,
    noEmit: true,
  });
  return workspaces.map((workspace) => surfaceOf(program, workspace, workspaces));
}

function surfaceOf(program: ts.Program, workspace: Workspace, all: readonly Workspace[]): Surface {
  const checker = program.getTypeChecker();
  const entry = program.getSourceFile(entryOf(workspace));
  const module = entry === undefined ? undefined : checker.getSymbolAtLocation(entry);
  const packageName = workspace.manifest.name;
  if (module === undefined) throw new Error(`${entryOf(workspace)} is missing or exports nothing: npm run build`);

  const inside = `${join(root, workspace.folder, 'dist')}/`;
  const own = (symbol: ts.Symbol): ts.Declaration[] =>
    (symbol.declarations ?? []).filter((one) => one.getSourceFile().fileName.startsWith(inside));
  const resolved = (symbol: ts.Symbol): ts.Symbol =>
    symbol.flags & ts.SymbolFlags.Alias ? checker.getAliasedSymbol(symbol) : symbol;

  const exported = checker
    .getExportsOfModule(module)
    .map((symbol) => ({ name: symbol.name, target: resolved(symbol) }));
  const seen = new Set(exported.map(({ target }) => target));
  const needed: ts.Symbol[] = [];
  const follow = (declaration: ts.Node): void => {
    const visit = (node: ts.Node): void => {
      if (ts.isIdentifier(node)) {
        const found = checker.getSymbolAtLocation(node);
        const symbol = found === undefined ? undefined : resolved(found);
        if (symbol !== undefined && !seen.has(symbol) && own(symbol).some(isOfModule)) {
          seen.add(symbol);
          needed.push(symbol);
          own(symbol).forEach(follow);
        }
      }
      ts.forEachChild(node, visit);
    };
    visit(declaration);
  };
  for (const { target } of exported) own(target).forEach(follow);

  const entries = exported.map(({ name, target }) => {
    const declarations = own(target);
    const text =
      declarations.length > 0
        ? declarations.map(print).join('\n')
        : `// of ${homeOf(target.declarations?.[0], all)}\n${target.name}`;
    return { name, text: name === target.name ? text : `// exported as ${name}\n${text}` };
  });
  const hidden = needed.map((symbol) => ({ name: symbol.name, text: own(symbol).map(print).join('\n') }));
  return { packageName, text: page(packageName, entries, hidden) };
}

/** Whether a declaration stands by itself in a module, other than a parameter or a member of another. */
function isOfModule(declaration: ts.Declaration): boolean {
  const statement = ts.isVariableDeclaration(declaration) ? declaration.parent.parent : declaration;
  return ts.isSourceFile(statement.parent);
}

function print(declaration: ts.Declaration): string {
  const source = declaration.getSourceFile();
  if (ts.isSourceFile(declaration)) return `// a module: ${relative(root, source.fileName)}`;
  const text = inOneOrder(printer.printNode(ts.EmitHint.Unspecified, declaration, source));
  const whole = ts.isVariableDeclaration(declaration) ? `const ${text};` : text;
  return whole
    .replace(/^export (default )?/, '')
    .replace(/^declare /, '')
    .replace(/import\("\.[^"]*"\)\./g, '');
}

/** The package a declaration of another package comes from. */
function homeOf(declaration: ts.Declaration | undefined, all: readonly Workspace[]): string {
  const file = declaration?.getSourceFile().fileName ?? '';
  const ours = all.find(({ folder }) => file.startsWith(`${join(root, folder)}/`));
  return ours?.manifest.name ?? /.*node_modules\/((?:@[^/]+\/)?[^/]+)/.exec(file)?.[1] ?? 'elsewhere';
}

interface Entry {
  readonly name: string;
  readonly text: string;
}

function page(packageName: string, entries: readonly Entry[], hidden: readonly Entry[]): string {
  const block = (list: readonly Entry[]): string => {
    const texts = list
      .toSorted((left, right) => compare(left.name, right.name) || compare(left.text, right.text))
      .map(({ text }) => text);
    return `\`\`\`ts\n${texts.join('\n\n')}\n\`\`\`\n`;
  };
  const more = hidden.length === 0 ? '' : `\n## Needed by these and not exported\n\n${block(hidden)}`;
  return `# ${packageName}\n\nWritten by \`npm run api:report\`.\n\n## Exports\n\n${block(entries)}${more}`;
}

/** By code units, the same on every machine. */
const compare = (left: string, right: string): number => (left < right ? -1 : left > right ? 1 : 0);

/** The compiler writes the members of an inferred union in the order it met them, which differs from build to build. */
function inOneOrder(text: string): string {
  return text.replace(/"[^"\n]*"(?: \| "[^"\n]*")+/g, (union) => union.split(' | ').sort().join(' | '));
}
