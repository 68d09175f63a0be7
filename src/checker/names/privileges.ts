/** Privileges that there are not: the grammar takes any word. */
import { nodeAs } from '../../catalog/nodes.ts';
import type { NodeOf } from '../../syntax/parser.ts';
import { textOf, wordRange } from '../places.ts';
import type { Checked } from '../problem.ts';
import { reportUnknown } from './report.ts';
import { similar } from './similar.ts';

/** `string_to_privilege` in aclchk.c. */
const PRIVILEGES: readonly string[] = `select insert update delete truncate references trigger execute usage create
  temporary temp connect set maintain`.split(/\s+/);

export function checkGrant({ privileges }: NodeOf<'GrantStmt'>, checked: Checked): void {
  for (const privilege of privileges ?? []) {
    const name = nodeAs(privilege, 'AccessPriv')?.priv_name;
    if (name === undefined || name === 'alter system' || PRIVILEGES.includes(name)) continue;
    const meant = similar(name, PRIVILEGES);
    const place = wordRange(checked.statement, name);
    const written = textOf(checked.statement, place);
    reportUnknown(checked, {
      ...place,
      error: '42601',
      problem: `"${name}" is no privilege`,
      meant,
      // Not as a name: those of keywords need quotes.
      text: written === written.toUpperCase() ? meant?.toUpperCase() : meant,
      otherwise: 'Write SELECT, INSERT, UPDATE, DELETE, USAGE, EXECUTE, or ALL.',
      certain: meant !== undefined,
    });
  }
}
