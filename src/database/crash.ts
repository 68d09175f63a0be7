/** A database that does not work any more: it ended, or a migration has broken it. */
export class Crash extends Error {
  override name = 'Crash';
  /** The step that was running, if one was. */
  readonly step: number | undefined;

  constructor(message: string, step?: number) {
    super(message);
    this.step = step;
  }
}
