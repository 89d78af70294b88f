import { describe, expect, it } from '@jest/globals';
import { countProgress } from './count-progress.js';
import { formatDuration } from './format-duration.js';
import { StatusLine } from './status-line.js';
import { textLogger } from './text-logger.js';
import { trainingProgress } from './training-progress.js';

function fake(isTTY: boolean) {
  const written: string[] = [];
  const clock = { milliseconds: 0 };
  const now = (): number => clock.milliseconds;
  const output = { isTTY, columns: 40, write: (text: string) => written.push(text) };
  return { written, clock, now, line: new StatusLine(output, { now }) };
}

describe('StatusLine', () => {
  it('redraws in place in a terminal, cut to its width, and leaves no trace', () => {
    const { written, clock, line } = fake(true);
    line.update(() => 'x'.repeat(60));
    line.update(() => 'too soon');
    clock.milliseconds = 100;
    line.update(() => 'two');
    line.print('stays');
    line.clear();
    expect(written).toEqual([`\r\u001b[2K${'x'.repeat(38)}…`, '\r\u001b[2Ktwo', '\r\u001b[2K', 'stays\n']);
  });

  it('lets no control character of what it quotes through, drawn or printed', () => {
    for (const isTTY of [true, false]) {
      let written = '';
      const line = new StatusLine({ isTTY, columns: 200, write: (text) => (written += text) });
      line.update(() => 'a\u001b]0;title\u0007b', true);
      line.print('c\u001b[2Jd\u202ee');
      expect(written.replaceAll('\r\u001b[2K', '')).toContain('a\\u001b]0;title\\u0007b');
      expect(written.replaceAll('\r\u001b[2K', '')).toContain('c\\u001b[2Jd\\u202ee\n');
    }
  });

  it('writes plain lines elsewhere, one every few seconds', () => {
    const { written, clock, line } = fake(false);
    line.update(() => 'one');
    clock.milliseconds = 9_000;
    line.update(() => 'two');
    line.update(() => 'result', true);
    clock.milliseconds = 20_000;
    line.update(() => 'three');
    line.clear();
    expect(written).toEqual(['one\n', 'result\n', 'three\n']);
  });
});

describe('trainingProgress', () => {
  it('shows the learning signal, the rate and the remaining time', () => {
    const { written, clock, now, line } = fake(false);
    const report = trainingProgress(line, now);
    report({ step: 0, steps: 4, phase: 'done', metrics: { 'eval/exact-match': 0.25 } });
    report({ step: 1, steps: 4, phase: 'rollout', done: 3, total: 8 });
    clock.milliseconds = 20_000;
    report({ step: 1, steps: 4, phase: 'done', metrics: { 'reward/outcome-mean': 0.5, 'groups/dead': 0.25 } });
    clock.milliseconds = 40_000;
    report({ step: 2, steps: 4, phase: 'rollout', done: 1, total: 8 });
    expect(written).toEqual([
      'before training | exact match 25.0%\n',
      'step 1/4 | reward 0.500, learning from 75.0% of groups | exact match 25.0% | 20.0 s/step, 1m00s left\n',
      'step 2/4 | rollout 1/8 | reward 0.500, learning from 75.0% of groups | exact match 25.0% | 20.0 s/step, 40s left\n',
    ]);
  });
});

describe('trainingProgress of a run', () => {
  it('keeps what is reported beside the steps, and counts time from the first step of a continued run', () => {
    const { written, clock, now, line } = fake(false);
    const report = trainingProgress(line, now);
    clock.milliseconds = 500_000;
    report({ step: 7, steps: 8, phase: 'event', message: 'stuck' });
    report({ step: 7, steps: 8, phase: 'rollout' });
    clock.milliseconds = 500_250;
    report({ step: 7, steps: 8, phase: 'done', metrics: {} });
    clock.milliseconds = 520_000;
    report({ step: 8, steps: 8, phase: 'update' });
    clock.milliseconds = 520_250;
    // The last step is shown however fresh the last line is.
    report({ step: 8, steps: 8, phase: 'done', metrics: { 'groups/dead': 0.5 } });
    expect(written).toEqual([
      'warn: stuck\n',
      'step 7/8 | rollout\n',
      // 4 steps a second; the second step has taken longer than the first, and 0 s are left at least.
      'step 8/8 | update | 4.0 steps/s, 0s left\n',
      'step 8/8 | learning from 50.0% of groups | 10.1 s/step, 20s\n',
    ]);
  });

  it('shows a step with a measurement at once, others when the last line is old enough', () => {
    const { written, now, line } = fake(false);
    const report = trainingProgress(line, now);
    report({ step: 1, steps: 9, phase: 'rollout' });
    report({ step: 1, steps: 9, phase: 'done', metrics: { 'reward/outcome-mean': 0.5 } });
    report({ step: 2, steps: 9, phase: 'done', metrics: { 'eval/exact-match': 0.5 } });
    report({ step: 9, steps: 9, phase: 'rollout' });
    report({ step: 3, steps: 9, phase: 'evaluation', metrics: { 'eval/exact-match': 0.5 } });
    expect(written.map((text) => text.split(' | ')[0])).toEqual(['step 1/9', 'step 2/9']);
    report({ step: 9, steps: 9, phase: 'done' });
    expect(written).toHaveLength(3);
  });
});

describe('countProgress', () => {
  it('counts from when it was made, and shows what is not done when the last line is old enough', () => {
    const { written, clock, now, line } = fake(false);
    clock.milliseconds = 60_000;
    const report = countProgress(line, 'questions', now);
    clock.milliseconds = 64_000;
    report(2, 8);
    report(3, 8);
    expect(written).toEqual(['2/8 questions | 0.5/s, 12s left\n']);
  });

  it('counts', () => {
    const { written, clock, now, line } = fake(false);
    const report = countProgress(line, 'trajectories', now);
    clock.milliseconds = 2_000;
    report(4, 8);
    report(8, 8);
    expect(written).toEqual(['4/8 trajectories | 2.0/s, 2s left\n', '8/8 trajectories | 4.0/s, 2s\n']);
  });
});

describe('formatDuration', () => {
  it.each([
    [0.4, '0s'],
    [59.6, '1m00s'],
    [0, '0s'],
    [-1, '?'],
    [185, '3m05s'],
    [3_599, '59m59s'],
    [3_600, '1h00m'],
    [7_620, '2h07m'],
    [Number.POSITIVE_INFINITY, '?'],
  ])('%d seconds are %s', (seconds, text) => {
    expect(formatDuration(seconds)).toBe(text);
  });
});

describe('textLogger', () => {
  it('writes values so that they can be told apart', () => {
    const lines: string[] = [];
    const logger = textLogger((line) => lines.push(line), 'error');
    logger.warn('no');
    logger.error('values', { plain: 'ab', empty: '', equal: 'a=b', quote: 'a"', none: null, gone: undefined });
    logger.error('more', { run: () => 1, list: [1, 'a'], yes: true });
    expect(lines).toEqual([
      'error: values plain=ab empty="" equal="a=b" quote="a\\"" none=null gone=undefined',
      'error: more run=function list=[1,"a"] yes=true',
    ]);
  });

  it('writes messages of the lowest level that is asked for', () => {
    const lines: string[] = [];
    textLogger((line) => lines.push(line), 'debug').debug('low');
    textLogger((line) => lines.push(line)).info('default');
    expect(lines).toEqual(['debug: low', 'info: default']);
  });

  it('writes one line a message and leaves out what is less important', () => {
    const lines: string[] = [];
    const logger = textLogger((line) => lines.push(line));
    logger.debug('no');
    logger.warn('slow search', { seconds: 3, query: 'a b', error: new Error('x y') });
    expect(lines).toEqual(['warn: slow search seconds=3 query="a b" error="x y"']);
  });
});
