import { describe, expect, it } from '@jest/globals';
import { excerpt, printable } from './printable.js';

describe('printable', () => {
  it('shows what could move the cursor or turn the line, and keeps line breaks', () => {
    expect(printable('a\tb\nc')).toBe('a b\nc');
    expect(printable('\u001b[2J\u0007\u009b')).toBe('\\u001b[2J\\u0007\\u009b');
    expect(printable('abc\u202egpj.exe\u2069')).toBe('abc\\u202egpj.exe\\u2069');
    expect(printable('Zoë “ok” \u{1f600}')).toBe('Zoë “ok” \u{1f600}');
  });
});

describe('excerpt', () => {
  it('is one line, cut where it is longer than asked for', () => {
    expect(excerpt('  one\n\n two\r\n')).toBe('one two');
    expect(excerpt('0123456789', 10)).toBe('0123456789');
    expect(excerpt('0123456789a', 10)).toBe('0123456...');
    expect(excerpt('x'.repeat(81))).toBe(`${'x'.repeat(77)}...`);
  });

  it('cuts no character in two, and shows controls as what they are', () => {
    expect(excerpt('\u{1f600}'.repeat(11), 10)).toBe(`${'\u{1f600}'.repeat(7)}...`);
    expect(excerpt('\u001b[2Jok', 20)).toBe('\\u001b[2Jok');
  });
});
