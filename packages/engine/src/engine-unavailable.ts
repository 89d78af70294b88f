/** The engine that was asked for is not there, or does not work here. */
export class EngineUnavailable extends Error {
  constructor(
    message: string,
    /** The command that installs it. */
    readonly install: string,
  ) {
    super(message);
    this.name = 'EngineUnavailable';
  }
}
