import { describe, expect, it } from '@jest/globals';
import { passageAbout, read } from './reading.js';

describe('read', () => {
  it('reads question, own queries and passages, titles with brackets included, each passage once', () => {
    const observation =
      '\n<information> Doc 1(Title: Me Before You (film)) A film (2016).\nDoc 2(Title: "Quoted") Text\nof two lines. </information>\n';
    expect(
      read([
        { role: 'prompt', text: 'Do as told. Question: Who?\n' },
        { role: 'policy', text: '<think> hm </think> <search> who </search>' },
        { role: 'observation', text: observation },
        { role: 'policy', text: '<search>again</search>' },
        { role: 'observation', text: observation },
      ]),
    ).toEqual({
      question: 'Who?',
      queries: ['who', 'again'],
      passages: [
        { title: 'Me Before You (film)', text: 'A film (2016).' },
        { title: 'Quoted', text: 'Text\nof two lines.' },
      ],
    });
  });

  it('reads plain lines when passages are written another way', () => {
    const { question, passages } = read([
      { role: 'prompt', text: 'Answer this.\nWho?' },
      { role: 'observation', text: 'Ada Lee: Ada Lee was born in Rome.\nJust a sentence.' },
    ]);
    expect(question).toBe('Who?');
    expect(passages).toEqual([
      { title: 'Ada Lee', text: 'Ada Lee was born in Rome.' },
      { title: '', text: 'Just a sentence.' },
    ]);
  });
});

describe('passageAbout', () => {
  const passages = ['Jaws (film)', 'Steven Allan Spielberg', 'Jaws 2'].map((title) => ({ title, text: '' }));

  it.each([
    ['Jaws', 'Jaws (film)'],
    ['jaws (FILM)', 'Jaws (film)'],
    ['Allan Spielberg', 'Steven Allan Spielberg'],
    ['Nobody', undefined],
    ['', undefined],
  ])('%s', (entity, title) => {
    expect(passageAbout(entity, passages)?.title).toBe(title);
  });
});
