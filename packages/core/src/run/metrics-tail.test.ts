import { appendFileSync, mkdtempSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { MetricsTail } from './metrics-tail.js';

let folder = '';
let file = '';
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'turnwise-tail-'));
  file = join(folder, 'metrics.jsonl');
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

describe('MetricsTail', () => {
  it('gives each row once, waits for a line to be whole, and begins again when the file became shorter', async () => {
    const tail = new MetricsTail(folder);
    expect(await tail.next()).toEqual([]);
    writeFileSync(file, '{"step":0}\n{"step":1}\n{"st');
    expect(await tail.next()).toEqual([{ step: 0 }, { step: 1 }]);
    expect(await tail.next()).toEqual([]);
    appendFileSync(file, 'ep":2,"ü":1}\nno row\nnull\n[]\n{"step":3}\n');
    expect(await tail.next()).toEqual([{ step: 2, ü: 1 }, { step: 3 }]);
    writeFileSync(file, '{"step":0}\n');
    expect(await tail.next()).toEqual([{ step: 0 }]);
  });

  it('begins again when another file was put in its place, also a longer one', async () => {
    const tail = new MetricsTail(folder);
    writeFileSync(file, '{"step":0}\n{"step":1}\n');
    expect(await tail.next()).toHaveLength(2);
    writeFileSync(join(folder, 'new'), '{"step":0}\n{"step":10}\n{"step":11}\n');
    renameSync(join(folder, 'new'), file);
    expect(await tail.next()).toEqual([{ step: 0 }, { step: 10 }, { step: 11 }]);
  });

  it('counts bytes that are no text as what they are', async () => {
    const tail = new MetricsTail(folder);
    writeFileSync(file, Buffer.concat([Buffer.from([0xff, 0xff, 0x0a]), Buffer.from('{"step":0}\n')]));
    expect(await tail.next()).toEqual([{ step: 0 }]);
    appendFileSync(file, '{"step":1}\n');
    expect(await tail.next()).toEqual([{ step: 1 }]);
  });
});
