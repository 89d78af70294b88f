import { optionsJsonSchema } from '@turnwise/core';
import { demand, type Rule } from '../rule.js';
import { sameValue, shown } from '../same-value.js';
import { checkedOptions, type Subject } from '../subject.js';

const unknownKey = 'zzUnknownToEveryPlugin';

/** What holds for the options of every plugin. */
export const optionRules: readonly Rule<Subject>[] = [
  {
    id: 'options/accepted',
    says: 'the options of this test are accepted, and reading them changes nothing in them',
    check: async (subject) => {
      await checkedOptions(subject);
      const given = structuredClone(subject.options);
      await subject.plugin.options['~standard'].validate(given);
      demand(
        sameValue(given, subject.options),
        () => `the options ${shown(subject.options)} became ${shown(given)}`,
        'return what was read as a new object',
      );
    },
  },
  {
    id: 'options/unknown-key',
    says: 'an option it does not know is refused',
    check: async ({ plugin, options }) => {
      const result = await plugin.options['~standard'].validate({ ...(options as object), [unknownKey]: 1 });
      demand(
        result.issues !== undefined,
        () => `{ ${unknownKey}: 1 } is accepted: a misspelt option would be ignored without a word`,
        'make the schema strict: z.strictObject, v.strictObject, or "+": "reject" in arktype',
      );
    },
  },
  {
    id: 'options/required',
    says: 'without options it works with its defaults, or names what is missing',
    check: async ({ plugin }) => {
      const result = await plugin.options['~standard'].validate({});
      for (const issue of result.issues ?? []) {
        demand(
          (issue.path ?? []).length > 0,
          () => `{} is refused with ${shown(issue.message)} and no path`,
          'give every issue a path, so that the message can name the option and its place',
        );
      }
    },
  },
  {
    id: 'options/json-schema',
    says: 'where its library offers JSON Schema, the options can be shown as one',
    check: ({ plugin }) => {
      const standard = plugin.options['~standard'] as { readonly jsonSchema?: unknown };
      demand(
        standard.jsonSchema === undefined || optionsJsonSchema(plugin) !== null,
        () => 'the schema has a part that JSON Schema cannot express: no completion, no table of options',
        'use types JSON has, or keep transforms and custom checks out of the schema',
      );
    },
  },
];
