/**
 * A mistake of the user's: it is shown as one clear line, without a stack trace, and ends the command with exit code 2.
 */
export class UserError extends Error {
  override name = 'UserError';
}
