/** Configuration parameters that PostgreSQL does not have: slips, and those of other databases. */
import { walk } from '../../catalog/nodes.ts';
import { lookup } from '../../lookup.ts';
import type { NodeOf } from '../../syntax/parser.ts';
import { wordRange } from '../places.ts';
import type { Checked } from '../problem.ts';
import { reportUnknown } from './report.ts';
import { similar } from './similar.ts';

/** Parameters that migrations set. Those that are missing here differ from each of them by more than a slip. */
const PARAMETERS: readonly string[] = `application_name bytea_output check_function_bodies client_encoding
  client_min_messages constraint_exclusion datestyle deadlock_timeout default_statistics_target
  default_table_access_method default_tablespace default_text_search_config default_toast_compression
  default_transaction_deferrable default_transaction_isolation default_transaction_read_only effective_cache_size
  escape_string_warning extra_float_digits idle_in_transaction_session_timeout idle_session_timeout intervalstyle
  lc_messages lc_monetary lc_numeric lc_time lock_timeout log_min_duration_statement log_min_messages log_statement
  maintenance_work_mem max_parallel_maintenance_workers max_parallel_workers max_parallel_workers_per_gather
  password_encryption quote_all_identifiers random_page_cost row_security search_path session_authorization
  session_replication_role standard_conforming_strings statement_timeout synchronous_commit temp_buffers
  temp_tablespaces timezone transaction_isolation transaction_timeout work_mem xmlbinary xmloption`.split(/\s+/);

/** What other databases have, with PostgreSQL's own parameter where there is one. */
const OF_OTHERS = lookup<string>({
  autocommit: '',
  character_set_client: 'client_encoding',
  character_set_results: 'client_encoding',
  collation_connection: '',
  default_storage_engine: '',
  foreign_key_checks: '',
  foreign_keys: '',
  innodb_lock_wait_timeout: 'lock_timeout',
  max_allowed_packet: '',
  max_execution_time: 'statement_timeout',
  sql_log_bin: '',
  sql_mode: '',
  sql_notes: '',
  sql_quote_show_create: '',
  sql_safe_updates: '',
  storage_engine: '',
  time_zone: 'timezone',
  unique_checks: '',
});

/** SET, RESET and SHOW, and SET of roles, databases and functions. */
export function checkSettings(node: object, checked: Checked): void {
  walk({ [checked.statement.type!]: node }, (tag, { name }) => {
    if (HOLDS_A_NAME.has(tag)) checkParameter(name as SetName, checked);
  });
}

/** `setstmt`: what ALTER ROLE, DATABASE and SYSTEM set. */
const HOLDS_A_NAME: ReadonlySet<string> = new Set(['VariableSetStmt', 'VariableShowStmt', 'setstmt']);

type SetName = NodeOf<'VariableSetStmt'>['name'];

function checkParameter(name: SetName = '', checked: Checked): void {
  const parameter = name.toLowerCase();
  // PostgreSQL takes any name with a point: it may be one of an extension that is loaded later.
  if (parameter === '' || parameter.includes('.') || PARAMETERS.includes(parameter)) return;
  const meant = OF_OTHERS[parameter] ?? similar(parameter, PARAMETERS);
  if (meant === undefined) return;
  reportUnknown(checked, {
    ...wordRange(checked.statement, name),
    error: '42704',
    problem: `PostgreSQL has no configuration parameter "${name}"`,
    meant: meant === '' ? undefined : meant,
    otherwise: 'Leave it out: another database has it.',
  });
}
