import { describe, expect, it } from '@jest/globals';
import { shapeOf } from './question-shape.js';

describe('shapeOf', () => {
  it.each([
    [
      'Which film came out earlier, Alkohol or Night Of Dark Shadows?',
      'choice',
      ['Alkohol', 'Night Of Dark Shadows'],
      null,
    ],
    ['Which film has the director born later, A Man or B Side?', 'choice', ['A Man', 'B Side'], 'director'],
    ['Are both Joel Madden and Paul Baloff American players?', 'yes-no', ['Joel Madden', 'Paul Baloff'], null],
    [
      'Are both movies, Photograph (Film) and Best Night Ever, from the same country?',
      'yes-no',
      ['Photograph (Film)', 'Best Night Ever'],
      null,
    ],
    ["When did Fife Symington's father die?", 'date', [], 'father'],
    ['In what year was the company founded?', 'year', [], null],
    ['How many members has the band?', 'number', [], null],
    ['Where was the composer of film Before Sunset born?', 'place', [], 'composer'],
    ['What nationality is the director of film True North Trilogy?', 'nationality', [], 'director'],
    ['Who wrote Emma?', 'name', [], null],
    ['', 'name', [], null],
  ])('%s', (question, kind, alternatives, relation) => {
    expect(shapeOf(question)).toEqual({ kind, alternatives, relation });
  });
});
