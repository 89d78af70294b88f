import { TurnwiseError, type ErrorCode } from '@turnwise/core';

/** A request that ended without what was asked for; `status` is HTTP's, `null` when no reply came. */
export class WireFailure extends TurnwiseError {
  constructor(
    code: ErrorCode,
    message: string,
    hint: string,
    readonly status: number | null,
    cause?: unknown,
    /** How often it was sent: when more than once, an earlier one may have arrived. */
    readonly attempts = 1,
  ) {
    super(code, message, { where: 'policy.with.url', hint, cause });
  }
}

const resume = 'The last checkpoint is whole: go on with `turnwise train --resume --run-dir FOLDER`.';

/** The server has another idea of the world: the model, session or request is not known there. */
export function stateLost(path: string, detail: string): WireFailure {
  const message = `The server no longer knows what ${path} is about, so it was restarted or the session ended: ${detail}`;
  return new WireFailure('RUN_SERVER_STATE_LOST', message, resume, 404);
}

/** What the server said will not change by asking again. */
export function refused(path: string, status: number, detail: string, attempts: number): WireFailure {
  const hint =
    status === 401 || status === 403
      ? 'Check `keyVariable`.'
      : status === 409
        ? `Another client may train this model, or a reply was lost: nothing was sent twice. ${resume}`
        : `Check \`server\` and \`baseModel\`. ${resume}`;
  const message = `${path}: the server answered ${status}: ${detail}`;
  return new WireFailure('RUN_SERVER_FAILED', message, hint, status, undefined, attempts);
}

/** A request the server took and could not do. */
export function requestFailed(path: string, detail: string): WireFailure {
  return new WireFailure('RUN_SERVER_FAILED', `${path} failed on the server: ${detail}`, resume, 400);
}

/** The result was dropped before it was read, and is not to be had again. */
export function resultLost(path: string): WireFailure {
  const message = `The server dropped the result of ${path} before it was read: whether it was done is not known.`;
  return new WireFailure('RUN_SERVER_STATE_LOST', message, resume, 410);
}

/** Patience is spent. */
export function outOfReach(path: string, seconds: number, last: string, cause?: unknown): WireFailure {
  const message = `${path}: no useful answer for ${seconds} s; the last: ${last}`;
  return new WireFailure('RUN_SERVER_FAILED', message, `Check that the server runs. ${resume}`, null, cause);
}

/** A request the server took and did nothing about that could be seen. */
export function neverDone(path: string, seconds: number): WireFailure {
  const message = `${path}: the server took the request and had no result after ${seconds} s.`;
  const hint = `Look at the server, or raise \`resultSeconds\` if its work takes longer. ${resume}`;
  return new WireFailure('RUN_SERVER_FAILED', message, hint, null);
}

/** The reason in an error body. Validation errors echo the whole request as `input`, which is left out. */
export function detailOf(body: unknown, text: string): string {
  const { detail, error } = (typeof body === 'object' && body !== null ? body : {}) as Record<string, unknown>;
  const told = Array.isArray(detail)
    ? detail
        .map((item: { loc?: unknown[]; msg?: unknown }) => `${(item.loc ?? []).join('.')}: ${String(item.msg)}`)
        .join('; ')
    : (detail ?? error ?? text);
  const words = typeof told === 'string' ? told : JSON.stringify(told);
  return words.length > 300 ? `${words.slice(0, 300)}...` : words === '' ? 'no reason given' : words;
}
