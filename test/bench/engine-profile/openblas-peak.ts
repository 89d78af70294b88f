import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';

/**
 * The most this machine's processor does in one thread, GFLOP/s by shape of the product, measured with the BLAS of
 * numpy (OpenBLAS in its wheels); a sentence when Python or numpy is absent.
 *
 * OPENBLAS_CORETYPE and OPENBLAS_L2_SIZE are taken out of the environment: they make OpenBLAS use the kernels of
 * another processor, and this is about the present one.
 */
export function openblasPeak(python: string): Record<string, number> | string {
  const script = fileURLToPath(new URL('openblas_peak.py', import.meta.url));
  const { OPENBLAS_CORETYPE: _core, OPENBLAS_L2_SIZE: _cache, ...rest } = process.env;
  const oneThread = { OPENBLAS_NUM_THREADS: '1', OMP_NUM_THREADS: '1', MKL_NUM_THREADS: '1' };
  const run = spawnSync(python, [script], { encoding: 'utf8', env: { ...rest, ...oneThread } });
  if (run.error) return `not measured: ${python} cannot be started`;
  if (run.status !== 0) return `not measured: ${run.stderr.trim().split('\n').at(-1) ?? 'unknown'}`;
  return JSON.parse(run.stdout) as Record<string, number>;
}
