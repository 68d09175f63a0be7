import { kindInfo, type Kind } from './objects.ts';
import type { SqlState } from './sqlstates.ts';

/** The SQLSTATE of a statement that names an object which does not exist. */
export function missingError(kind: Kind): SqlState {
  const { space } = kindInfo(kind);
  if (space === 'relation') return '42P01';
  return MISSING_ERRORS[space] ?? '42704';
}

/** By the space of the kind. */
const MISSING_ERRORS: Partial<Record<string, SqlState>> = { column: '42703', routine: '42883', schema: '3F000' };
