import type { Session } from './session.js';

/** Runs one command: calls `work` with the session it writes to and is interrupted by. */
export type Run = (work: (session: Session) => Promise<void>) => Promise<void>;
