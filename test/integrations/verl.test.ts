import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { describe, expect, it, jest } from '@jest/globals';
import { folderWith, root, serve } from '../e2e/command-line.js';

jest.setTimeout(300_000);

/** A Python with torch and numpy; with verl in it, more of the tests run. */
const python = process.env['TURNWISE_PYTHON'];
const maybe = python === undefined ? it.skip : it;

describe('integrations/verl', () => {
  maybe('passes its own tests against the running service (skipped without TURNWISE_PYTHON)', async () => {
    const service = await serve(await folderWith({ 'run.yaml': 'seed: 1\n' }), '--only', 'credit');
    const folder = join(root, 'integrations/verl');
    // Synchronous: the service is a process of its own.
    const result = spawnSync(python ?? '', ['-W', 'ignore', '-m', 'unittest', 'discover', '-s', 'tests'], {
      cwd: folder,
      env: { ...process.env, PYTHONPATH: join(folder, 'src'), PYTHONDONTWRITEBYTECODE: '1', TURNWISE_URL: service.url },
      encoding: 'utf8',
    });
    service.interrupt();
    await service.ended;
    expect(result.stderr).toMatch(/^OK/m);
    expect(result.status).toBe(0);
  });
});
