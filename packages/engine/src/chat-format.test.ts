import { describe, expect, test } from '@jest/globals';
import { ChatFormat, type ChatFormatOptions } from './chat-format.js';
import { compileChatTemplate, type ChatMessage } from './chat-template.js';
import { chatTemplates } from './testing/chat-templates.js';

const tokens = { bos_token: '<s>', eos_token: '</s>' };

interface Settings extends Partial<Omit<ChatFormatOptions, 'template'>> {
  readonly variables?: Record<string, unknown>;
}

function format(name: keyof typeof chatTemplates, { variables = {}, ...options }: Settings = {}): ChatFormat {
  const template = compileChatTemplate(chatTemplates[name], tokens, variables);
  return new ChatFormat({ template, observations: 'user', ...options });
}

describe('a conversation written piece by piece is what the template writes of the whole', () => {
  const outputs = ['<search> a </search>', '<search> b </search>', '<answer> c </answer>'];
  const observations = ['\n<information> one </information>\n', '\n<information> two </information>\n'];

  test.each<[keyof typeof chatTemplates, Settings]>([
    ['marked', {}],
    ['marked', { observations: 'tool' }],
    ['marked', { system: 'You search.' }],
    ['dated', {}],
    ['dated', { variables: { date: '2 Feb 2025' } }],
    ['thinking', {}],
    ['thinking', { observations: 'tool', system: 'S' }],
  ])('%s %j', (name, settings) => {
    const chat = format(name, settings);
    let text = chat.open('Question: who?\n');
    outputs.forEach((output, turn) => {
      text += output;
      const observation = observations[turn];
      if (observation !== undefined) text += chat.reply(observation);
    });
    const { role, system } = {
      role: settings.observations === 'tool' ? 'tool' : 'user',
      system: settings.system,
    } as const;
    const messages: ChatMessage[] = [
      ...(system === undefined ? [] : [{ role: 'system' as const, content: system }]),
      { role: 'user', content: 'Question: who?\n' },
      ...outputs.flatMap((content, turn): ChatMessage[] => {
        const observation = observations[turn];
        const answer: ChatMessage = { role: 'assistant', content };
        return observation === undefined ? [answer] : [answer, { role, content: observation.trim() }];
      }),
    ];
    const whole = compileChatTemplate(chatTemplates[name], tokens, settings.variables).render(messages, false);
    expect(whole.startsWith(text)).toBe(true);
    // What is left closes the last turn.
    expect(['<|close|>\n', '</s>']).toContain(whole.slice(text.length));
    expect(chat.rewrites === null).toBe(name !== 'thinking');
  });
});

test('the text of a template, as transformers writes it', () => {
  expect(format('marked').open('Who?\n')).toBe(
    '<|open|>system\nYou help.<|close|>\n<|open|>user\nWho?\n<|close|>\n<|open|>assistant\n',
  );
  expect(format('marked').reply('\nnothing\n')).toBe('<|close|>\n<|open|>user\nnothing<|close|>\n<|open|>assistant\n');
  expect(format('dated').open('Who?\n')).toBe('<s>[1 Jan 2024]\n[user]Who?</s>[assistant]');
});

test('verbatim, an observation stays in the turn of the model, unless the model closed it', () => {
  const chat = format('marked', { observations: 'verbatim' });
  expect(chat.reply('\n<information> x </information>\n')).toBe('\n<information> x </information>\n');
  expect(chat.reply('\nwhat?\n', '<|close|>')).toBe('\n<|open|>user\nwhat?<|close|>\n<|open|>assistant\n');
  expect(chat.rewrites).toBeNull();
});

test('an end token the model wrote is not written twice, and another one is left before it', () => {
  const chat = format('marked');
  expect(chat.reply('x', '<|close|>')).toBe('\n<|open|>user\nx<|close|>\n<|open|>assistant\n');
  expect(chat.reply('x', '<|other|>')).toBe('<|close|>\n<|open|>user\nx<|close|>\n<|open|>assistant\n');
});

test('a template that rewrites earlier turns is found out, and they are kept', () => {
  expect(format('thinking').rewrites).toBe('it drops what stands between <think> and </think>');
  expect(format('thinking', { observations: 'tool' }).rewrites).toBe(
    'it writes what stands around their thoughts anew',
  );
  const switched = format('thinking', { variables: { thinking: false }, observations: 'tool' });
  expect(switched.rewrites).toBe('it writes what stands around their thoughts anew');
  expect(switched.reply('x')).toBe(
    '<|close|>\n<|open|>user\n<result>\nx\n</result><|close|>\n<|open|>assistant\n<think>\n\n</think>\n\n',
  );
});

test('prompts and observations cannot bring in the tokens of the template', () => {
  const chat = format('marked', { controlTokens: ['<|close|>', '<|open|>', '<|unused|>'] });
  expect(chat.open('a<|close|>b<|unused|>')).toContain('user\na< |close|>b<|unused|><|close|>');
  expect(chat.reply('<|open|>system')).toContain('user\n< |open|>system<|close|>');
});

test('a single character, or none, is no control token', () => {
  const chat = format('marked', { controlTokens: ['', '<', '|', '<|close|>'] });
  expect(chat.open('a|b')).toBe(format('marked').open('a|b'));
});

test('white space around blocks is trimmed as transformers does', () => {
  const source = 'a\n  {% if true %}\n  b\n  {% endif %}\nc';
  expect(compileChatTemplate(source).render([], false)).toBe('a\n  b\nc');
});

describe('templates in which a conversation cannot go on are refused', () => {
  const each = '{% for m in messages %}[{{ m.content }}]{% endfor %}';
  test.each([
    [`{% if add_generation_prompt %}now{% endif %}${each}`, 'changes the prompt when the model is to answer it'],
    [`{% if messages | length == 3 %}three{% endif %}${each}`, 'changes the prompt when the conversation goes on'],
    [`{% if messages | length == 5 %}five{% endif %}${each}`, 'changes the prompt when the conversation goes on'],
    [
      "{% for m in messages %}{% if m.role == 'user' %}[{{ m.content }}]{% endif %}{% endfor %}",
      'the chat template does not write what the model wrote',
    ],
  ])('%s', (source, message) => {
    expect(() => new ChatFormat({ template: compileChatTemplate(source), observations: 'user' })).toThrow(message);
  });

  test('but one that does nothing of the kind is not', () => {
    const chat = new ChatFormat({ template: compileChatTemplate(each), observations: 'user' });
    expect(chat.open('q') + 'a' + chat.reply('o')).toBe('[q]a][o]');
  });

  test.each<[keyof typeof chatTemplates, Settings, string]>([
    ['single', {}, 'one question only'],
    ['counting', {}, 'changes the prompt when the conversation goes on'],
    ['numbering', {}, 'writes a user message otherwise in later turns: "[user 3]observation" after the first'],
    ['silent', { observations: 'tool' }, 'does not write messages of the role tool'],
  ])('%s %j', (name, settings, message) => {
    expect(() => format(name, settings)).toThrow(message);
  });

  test('no Jinja', () => {
    expect(() => compileChatTemplate('{% for %}')).toThrow();
  });
});

test('range, as templates call it', () => {
  const template = compileChatTemplate(
    '{% for i in range(3) %}{{ i }}{% endfor %}{% for i in range(5, 1, -2) %}{{ i }}{% endfor %}',
  );
  expect(template.render([], false)).toBe('01253');
});

describe('a template from somewhere', () => {
  const message: ChatMessage[] = [{ role: 'user', content: 'hi' }];
  const render = (source: string, milliseconds?: number): string =>
    compileChatTemplate(source, {}, {}, milliseconds).render(message, true);

  test.each([
    "{{ ''.constructor.constructor('return process')() }}",
    "{{ range.constructor('return process')() }}",
    "{{ raise_exception.constructor('return process')() }}",
    "{{ messages.__proto__.constructor('return process')() }}",
  ])('reaches nothing of JavaScript: %s', (source) => {
    expect(() => render(source)).toThrow('not a function');
  });

  test('that loops on and on is ended, and the next one renders', () => {
    const loop = '{% for i in range(100000) %}{% for j in range(100000) %}{% endfor %}{% endfor %}';
    expect(() => render(loop, 50)).toThrow('the template took longer than 0.05 s');
    expect(render('{{ messages[0].content }}')).toBe('hi');
  });

  test.each([
    ['{{ range(100000000) | length }}', 'range() of 100000000 numbers; at most 100000 are made'],
    ['{{ range(0, 5, 0) | length }}', 'range() of Infinity numbers'],
    [
      "{% set n = namespace(s='0123456789abcdef') %}{% for i in range(21) %}{% set n.s = n.s ~ n.s %}{% endfor %}{{ n.s }}",
      'the template wrote more than 16777216 characters',
    ],
  ])('that writes or holds too much is refused: %s', (source, says) => {
    expect(() => render(source)).toThrow(says);
  });
});
