import { describe, expect, it } from '@jest/globals';
import { divergingBar, stackedBar } from './page-bars.js';
import { isolated, pageShell, pageTable } from './page-shell.js';

/** Tone, place and length of each part of a bar. */
const parts = (bar: string): string[] =>
  [...bar.matchAll(/<rect class="(\w+)" x="([\d.]+)" y="0" width="([\d.]+)"/g)].map((found) =>
    found.slice(1).join(' '),
  );

describe('a bar', () => {
  it('has its parts end to end on the whole', () => {
    const bar = stackedBar(
      [
        { tone: 'signal', share: 0.25 },
        { tone: 'second', share: 0.5 },
        { tone: 'against', share: 0.125 },
      ],
      'three parts',
    );
    expect(parts(bar)).toEqual([
      'quiet 0.00 160.00',
      'signal 0.00 40.00',
      'second 40.00 80.00',
      'against 120.00 20.00',
    ]);
    expect(bar).toContain('aria-label="three parts"');
  });

  it('goes from the middle to the side of its sign, half of the width at most', () => {
    expect(parts(divergingBar(3, 3, ''))).toEqual(['signal 80.00 80.00']);
    expect(parts(divergingBar(-1, 4, ''))).toEqual(['against 60.00 20.00']);
    expect(parts(divergingBar(0, 0, ''))).toEqual(['signal 80.00 0.00']);
    expect(divergingBar(1, 1, '')).toContain('<line class="axis" x1="80"');
  });

  it('cannot be left by its label', () => {
    expect(stackedBar([], '"/><script>')).toContain('aria-label="&quot;/&gt;&lt;script&gt;"');
  });
});

describe('a page', () => {
  it('escapes title, headings and recorded text, and forbids scripts', () => {
    const page = pageShell('<b>', '<p>', '.own {}');
    expect(page).toContain('<title>&lt;b&gt;</title>');
    expect(page).toContain(`content="default-src 'none'; style-src 'unsafe-inline'"`);
    expect(page).toContain('.own {}</style>');
    expect(page).toContain('<body>\n<p>\n</body>');
    expect(pageTable(['<i>'], [['<em>1</em>', '2'], ['3']])).toMatch(
      /<th scope="col">&lt;i&gt;<\/th><\/tr>.*<tr><td><em>1<\/em><\/td><td>2<\/td><\/tr>\n<tr><td>3<\/td><\/tr>/s,
    );
    expect(isolated(`<&"'>`)).toBe('<bdi>&lt;&amp;&quot;&#39;&gt;</bdi>');
  });
});
