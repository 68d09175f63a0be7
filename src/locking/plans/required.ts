import { SERIAL } from '../../catalog/columns.ts';
import { constantOf } from '../../catalog/constants.ts';
import { domainOf } from '../../catalog/locks/relations.ts';
import { nodeAs, typeText } from '../../catalog/nodes.ts';
import type { World } from '../../history/world.ts';
import { flatMap } from '../../lists.ts';
import type { NodeOf } from '../../syntax/parser.ts';

/** Whether a column must have a value that nothing gives it. */
export function isRequired({ typeName, constraints }: NodeOf<'ColumnDef'>, world: World): boolean {
  const own = flatMap(constraints ?? [], (c) => nodeAs(c, 'Constraint') ?? []);
  const has = (...types: string[]) => own.some(({ contype = '' }) => types.includes(contype));
  const isFilled =
    has('CONSTR_IDENTITY', 'CONSTR_GENERATED') ||
    SERIAL.has(typeText(typeName)) ||
    own.some(({ contype, raw_expr: value }) => contype === 'CONSTR_DEFAULT' && constantOf(value)?.kind !== 'null');
  const domain = domainOf(typeText(typeName), world);
  const isFilledByDomain = domain?.detail?.defaultCalls !== undefined || domain?.detail?.hasDefault === true;
  return has('CONSTR_NOTNULL', 'CONSTR_PRIMARY') && !isFilled && !isFilledByDomain;
}
