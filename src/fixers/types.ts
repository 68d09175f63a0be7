import type { Technique } from '../catalog/effects.ts';
import type { Runner } from '../project/types.ts';
import type { Finding } from '../rerun/finding.ts';
import type { Edit } from './edits.ts';

/** Choices that people make differently. */
export interface FixOptions {
  /** The oldest PostgreSQL that the migrations must run on. */
  postgresVersion: number;
  /** How a policy is made repeatable. */
  policies: 'drop-create' | 'guard';
  /** How a trigger is made repeatable where OR REPLACE does not do. */
  triggers: 'drop-create' | 'guard';
  /** How a constraint is made repeatable. */
  constraints: 'guard' | 'drop-add';
  /** All ways in which the file may be sent; none where nothing is known, as for a text without a file. */
  runners: readonly Runner[];
}

/** PostgreSQL 14 is the oldest major version that gets corrections. */
export const defaultFixOptions: FixOptions = {
  postgresVersion: 14,
  policies: 'drop-create',
  triggers: 'drop-create',
  constraints: 'guard',
  runners: [],
};

/** The result of a fixer: edits, a condition for the whole statement, or the reason why there is neither. */
export type Fix =
  | { edits: Edit[]; guard?: undefined }
  | { guard: GuardRequest; edits?: Edit[] }
  | { why: string; edits?: undefined; guard?: undefined };

export interface GuardRequest {
  /** SQL that is true while the statement still has to run. */
  condition: string;
  /** Edits that the statement needs to stand in PL/pgSQL. */
  edits?: Edit[];
}

export type Fixer<T extends Technique['technique']> = (
  finding: Finding,
  technique: Extract<Technique, { technique: T }>,
  options: FixOptions,
) => Fix | undefined;
