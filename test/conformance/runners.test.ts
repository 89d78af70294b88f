import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { expect, it } from '@jest/globals';

const root = fileURLToPath(new URL('../..', import.meta.url));

it('runs under node:test too, and fails there for a broken plugin', () => {
  const file = fileURLToPath(new URL('./node-test.fixture.ts', import.meta.url));
  const run = (broken: string) =>
    spawnSync(process.execPath, ['--conditions=turnwise-source', '--import', 'tsx', '--test-reporter=tap', file], {
      cwd: root,
      env: { ...process.env, BROKEN: broken, NODE_TEST_CONTEXT: undefined },
      encoding: 'utf8',
    });
  const good = run('');
  expect(good.stdout).toContain('reward/finite: every number is finite; an outcome may be null');
  expect(good.status).toBe(0);
  const bad = run('yes');
  expect(bad.stdout).toMatch(/not ok \d+ - reward\/finite/);
  expect(bad.status).toBe(1);
}, 120_000);
