import { expect, it } from '@jest/globals';
import { plain } from './plain.js';

it('shows what would not be seen, and leaves the rest as it is', () => {
  expect(plain('a\u001b[31mb\u0000\tc\nd')).toBe('a\u241b[31mb\u2400\tc\nd');
  expect(plain('\u202eabc\u2066\u007f')).toBe('⟨U+202E⟩abc⟨U+2066⟩⟨U+007F⟩');
  expect(plain('שלום 🎈 <b>')).toBe('שלום 🎈 <b>');
});
