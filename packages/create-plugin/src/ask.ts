import { cancel, intro, isCancel, select, text } from '@clack/prompts';
import { idProblem, pluginKindNames, scopeProblem, type PluginWishes } from './new-plugin.js';
import { templates } from './templates.js';

/** Asks in a terminal for what the flags left open. `null` when somebody changed their mind. */
export async function ask(given: Partial<PluginWishes>): Promise<PluginWishes | null> {
  intro('A new plugin for Turnwise');
  const kind = given.kind ?? (await askKind());
  const id = given.id ?? (await askText('Its id, as configurations will name it', 'brevity', idProblem));
  const scope = given.scope ?? (await askText('npm scope, if you have one', '', scopeProblem));
  const author = given.author ?? (await askText('Your name, for the licence', '', () => undefined));
  if (kind === null || id === null || scope === null || author === null) {
    cancel('Nothing was written.');
    return null;
  }
  return { kind, id, scope, author };
}

async function askKind(): Promise<string | null> {
  const options = pluginKindNames.map((value) => ({ value, label: value, hint: templates[value].summary }));
  const answer = await select({ message: 'What kind of plugin?', options });
  return isCancel(answer) ? null : answer;
}

async function askText(
  message: string,
  initialValue: string,
  problem: (value: string) => string | undefined,
): Promise<string | null> {
  const answer = await text({ message, initialValue, validate: (value) => problem(value ?? '') });
  return isCancel(answer) ? null : answer;
}
