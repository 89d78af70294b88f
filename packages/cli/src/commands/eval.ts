import { existsSync } from 'node:fs';
import type { Command } from 'commander';
import { countProgress, evaluate, evaluationConditions, evaluationIntervals } from '@turnwise/core';
import { TurnwiseError, writeFileWhole, type Trajectory, type TrajectoryGroup } from '@turnwise/core';
import { jsonOption, withConfigOptions } from '../common-options.js';
import { evaluationJson, evaluationText } from '../evaluation-text.js';
import type { Run } from '../run.js';
import { withScope, type ConfigOptions, type Session } from '../session.js';
import { resolveAsset } from '../worlds.js';

interface EvalOptions extends ConfigOptions {
  readonly checkpoint?: string;
  readonly saveGroups?: string;
  readonly report?: string;
  readonly json?: true;
}

/** `turnwise eval` */
export function addEvalCommand(program: Command, run: Run): void {
  withConfigOptions(program.command('eval'))
    .description('answer the held-out questions and score the answers')
    .option('--checkpoint <folder>', 'load the policy from here, e.g. runs/<name>/checkpoints/step-000010')
    .option('--save-groups <file>', 'write what the policy did as group lines, which `turnwise replay` reads')
    .option('--report <file>', 'write the report there as JSON, with the score of every question')
    .addOption(jsonOption())
    .action((options: EvalOptions) => run((session) => evaluateConfigured(session, options)));
}

async function evaluateConfigured(session: Session, options: EvalOptions): Promise<void> {
  const checkpoint = options.checkpoint === undefined ? null : session.path(options.checkpoint);
  if (checkpoint !== null && !existsSync(checkpoint)) {
    throw new TurnwiseError('RUN_NOT_FOUND', `There is no checkpoint at ${checkpoint}.`, {
      where: `--checkpoint ${options.checkpoint}`,
      hint: 'A checkpoint is a folder like runs/<name>/checkpoints/step-000010.',
    });
  }
  const loaded = await session.load(options);
  const scope = await session.compose(loaded, ['policy', 'search', 'protocol']);
  await withScope(scope, async () => {
    const questions = await scope.questions('eval');
    const parts = await scope.rolloutParts();
    if (checkpoint !== null) await parts.policy.load(checkpoint);
    const { seed, rollout, evaluation } = scope.settings;
    const finished = new Map(questions.map((question) => [question, [] as Trajectory[]]));
    const save = async (groups: readonly TrajectoryGroup[]): Promise<void> => {
      if (options.saveGroups === undefined) return;
      const lines = groups.map((group) => `${JSON.stringify({ step: 0, ...group })}\n`);
      await writeFileWhole(session.path(options.saveGroups), lines.join(''));
    };
    const { report, groups, scores } = await evaluate(parts, {
      questions,
      runSeed: seed,
      step: 0,
      options: { ...rollout, ...evaluation },
      signal: session.signal,
      onTrajectory: countProgress(session.statusLine, 'trajectories'),
      onFinished: (question, trajectory) => void finished.get(question)?.push(trajectory),
    }).catch(async (error: unknown) => {
      // What was answered before an interrupt or a failure may have been paid for.
      const kept = [...finished].flatMap(([question, trajectories]) =>
        trajectories.length === 0 ? [] : [{ question, trajectories: trajectories.sort(byId) }],
      );
      if (kept.length > 0) await save(kept);
      throw error;
    });
    await save(groups);
    if (report.trajectories > 0 && report.failures === report.trajectories) {
      const failure = groups.flatMap(({ trajectories }) => trajectories)[0]?.failure;
      throw new TurnwiseError(
        'ROLLOUT_ALL_FAILED',
        `All ${report.failures} trajectories failed, so there is nothing to score: ${failure?.message ?? 'no reason given'}`,
        { where: loaded.locate([failure?.code === 'ROLLOUT_SEARCH' ? 'search' : 'policy', 'use']) },
      );
    }
    const conditions = await evaluationConditions(scope, checkpoint, resolveAsset);
    const result = { report, intervals: evaluationIntervals(scores), conditions };
    if (options.report !== undefined) {
      const file = { version: 1, createdAt: new Date().toISOString(), ...evaluationJson(result), scores };
      await writeFileWhole(session.path(options.report), `${JSON.stringify(file, null, 2)}\n`);
    }
    await (options.json === true ? session.json(evaluationJson(result)) : session.print(evaluationText(result)));
  });
}

/** Ids end with the number of the rollout. */
function byId({ id: one }: Trajectory, { id: other }: Trajectory): number {
  return one.localeCompare(other, 'en', { numeric: true });
}
