import { describe, expect, it } from '@jest/globals';
import { ProgressTable } from './progress-table.js';

const escape = '\u001b';

function tableOn(isTTY: boolean, columns = 30): { written: string[]; clock: { now: number }; table: ProgressTable } {
  const written: string[] = [];
  const clock = { now: 0 };
  const output = { isTTY, columns, write: (text: string) => written.push(text) };
  return { written, clock, table: new ProgressTable(output, { now: () => clock.now }) };
}

describe('ProgressTable in a terminal', () => {
  it('draws all lines, and draws them again in place', () => {
    const { written, clock, table } = tableOn(true);
    table.update(() => ['1/4 runs', 'grpo seed 1', 'tspo seed 1']);
    clock.now = 100;
    table.update(() => ['too soon']);
    clock.now = 250;
    table.update(() => ['2/4 runs', 'tspo seed 1']);
    clock.now = 500;
    table.update(() => ['3/4 runs']);
    expect(written).toEqual([
      '1/4 runs\ngrpo seed 1\ntspo seed 1',
      // Two lines up from the last one, and everything below away.
      `\r${escape}[2A${escape}[J2/4 runs\ntspo seed 1`,
      `\r${escape}[1A${escape}[J3/4 runs`,
    ]);
  });

  it('cuts lines that would wrap: a wrapped line would break the count of lines', () => {
    const { written, table } = tableOn(true, 24);
    table.update(() => ['x'.repeat(50), 'short']);
    expect(written).toEqual([`${'x'.repeat(22)}…\nshort`]);
  });

  it('keeps printed lines above, and leaves a clean terminal', () => {
    const { written, table } = tableOn(true);
    table.update(() => ['1/2', 'a']);
    table.print('a is done');
    // Nothing is drawn now: the next state is shown at once, and clearing twice writes nothing.
    table.update(() => ['2/2']);
    table.clear();
    table.clear();
    expect(written).toEqual(['1/2\na', `\r${escape}[1A${escape}[J`, 'a is done\n', '2/2', `\r${escape}[J`]);
  });
});

describe('ProgressTable elsewhere', () => {
  it('writes the first line, once a minute', () => {
    const { written, clock, table } = tableOn(false);
    for (const now of [0, 1_000, 59_000, 60_000]) {
      clock.now = now;
      table.update(() => [`${now}`, 'not shown']);
    }
    table.print('a is done');
    table.clear();
    expect(written).toEqual(['0\n', '60000\n', 'a is done\n']);
  });
});
