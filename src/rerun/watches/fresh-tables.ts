import type { Effect } from '../../catalog/effects.ts';
import type { ObjectRef } from '../../catalog/objects.ts';
import type { Statement } from '../../syntax/script.ts';
import type { World } from '../../history/world.ts';

/** Why a table has no old rows: it was made anew, or emptied, with its sequences set back or not. */
type Freshness = 'made' | 'restarted' | 'emptied';

const HOLDS_ROWS = new Set<ObjectRef['kind']>(['table', 'materialized view']);

/** The tables that the second run has emptied or made anew before it fills them, by their keys. */
export class FreshTables {
  private readonly tables = new Map<string, Freshness>();

  get(key: string): Freshness | undefined {
    return this.tables.get(key);
  }

  has(key: string): boolean {
    return this.tables.has(key);
  }

  /** Records an effect that is about to come about. */
  record(effect: Effect, statement: Statement, world: World): void {
    if (effect.action === 'create' && HOLDS_ROWS.has(effect.object.kind) && world.has(effect.object) !== true)
      this.tables.set(world.key(effect.object), 'made');
    if (effect.action === 'delete' && effect.all)
      this.tables.set(world.key(effect.object), statement.as('TruncateStmt')?.restart_seqs ? 'restarted' : 'emptied');
  }
}
