/** A database that does not work any more: it ended, or a migration has broken it. */
export class Crash extends Error {
  override name = 'Crash';
}
