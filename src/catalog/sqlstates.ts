/**
 * The SQLSTATEs that this project uses, with their names in PostgreSQL (errcodes.txt). PL/pgSQL uses the same names in
 * `EXCEPTION WHEN duplicate_table`.
 */
export const SQLSTATES = {
  '0A000': 'feature_not_supported',
  '21000': 'cardinality_violation',
  '22000': 'data_exception',
  '22003': 'numeric_value_out_of_range',
  '22004': 'null_value_not_allowed',
  '22007': 'invalid_datetime_format',
  '22008': 'datetime_field_overflow',
  '22012': 'division_by_zero',
  '22023': 'invalid_parameter_value',
  '22P02': 'invalid_text_representation',
  '23000': 'integrity_constraint_violation',
  '23502': 'not_null_violation',
  '23503': 'foreign_key_violation',
  '23505': 'unique_violation',
  '23514': 'check_violation',
  '23P01': 'exclusion_violation',
  '25001': 'active_sql_transaction',
  '26000': 'invalid_sql_statement_name',
  '2BP01': 'dependent_objects_still_exist',
  '3D000': 'invalid_catalog_name',
  '3F000': 'invalid_schema_name',
  '42000': 'syntax_error_or_access_rule_violation',
  '42501': 'insufficient_privilege',
  '42601': 'syntax_error',
  '42602': 'invalid_name',
  '42611': 'invalid_column_definition',
  '42701': 'duplicate_column',
  '42702': 'ambiguous_column',
  '42703': 'undefined_column',
  '42704': 'undefined_object',
  '42710': 'duplicate_object',
  '42712': 'duplicate_alias',
  '42723': 'duplicate_function',
  '42725': 'ambiguous_function',
  '42804': 'datatype_mismatch',
  '42809': 'wrong_object_type',
  '42830': 'invalid_foreign_key',
  '42883': 'undefined_function',
  '42939': 'reserved_name',
  '428C9': 'generated_always',
  '42P01': 'undefined_table',
  '42P02': 'undefined_parameter',
  '42P03': 'duplicate_cursor',
  '42P04': 'duplicate_database',
  '42P05': 'duplicate_prepared_statement',
  '42P06': 'duplicate_schema',
  '42P07': 'duplicate_table',
  '42P10': 'invalid_column_reference',
  '42P13': 'invalid_function_definition',
  '42P16': 'invalid_table_definition',
  '42P17': 'invalid_object_definition',
  '42P18': 'indeterminate_datatype',
  '55000': 'object_not_in_prerequisite_state',
  '55006': 'object_in_use',
  XX000: 'internal_error',
} as const;

/** A SQLSTATE that has a name here. A new one does not compile until its name is added. */
export type SqlState = keyof typeof SQLSTATES;

/** How messages name a SQLSTATE: `duplicate table`. */
export const wordsOf = (state: SqlState): string => WORDS.get(state)!;

const WORDS: ReadonlyMap<SqlState, string> = new Map(
  Object.entries(SQLSTATES).map(([state, condition]) => [
    state as SqlState,
    condition.replaceAll('_', ' ').replace('sql', 'SQL'),
  ]),
);

const states = new Map<string, SqlState>(
  Object.entries(SQLSTATES).map(([state, condition]) => [condition, state as SqlState]),
);

/**
 * The SQLSTATE of a condition name in lower case (`duplicate_table`); undefined for a name that is not in the table.
 */
export const stateOf = (condition: string): SqlState | undefined => states.get(condition);
