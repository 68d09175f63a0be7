/** Runs generated migrations on PostgreSQL, and holds what the linter says of them against what happens. */
import { fixText } from '../../src/linter/fix.ts';
import { World } from '../../src/history/world.ts';
import { play } from '../../src/history/play.ts';
import { Script } from '../../src/syntax/script.ts';
import { differingTables, sameState } from '../../src/database/state.ts';
import type { Engine, Session, State } from '../../src/database/types.ts';
import { planSteps } from '../../src/verify/steps.ts';
import { difference } from '../support/database.ts';
import { secondRunRules } from '../support/fixtures.ts';

export interface Executed {
  /** Migrations that ran twice, as they are or fixed. */
  twice: number;
  /** Migrations of which something is left to say when they are fixed; only that the fix preserves them is looked at. */
  reported: number;
  /** Migrations that do not run once: a weakness of the generator. */
  failed: string[];
  violations: string[];
}

/** Random values and the time of day differ from run to run. */
const same = (a: State, b: State, texts: readonly string[]) =>
  sameState(a, b) ||
  (texts.some((text) => /gen_random_uuid|now\(\)/.test(text)) && differingTables(a, b) !== undefined);

async function run(session: Session, sql: string): Promise<string | undefined> {
  const { steps } = planSteps(sql, 'migration.sql');
  const failure = await session.run(steps, 'stop');
  return failure && `${failure.code} ${failure.message}, in: ${steps[failure.step]!.sql}`;
}

/**
 * Runs the originals in one database, and what `--fix` makes of each twice in another. Fixed, a migration must leave what
 * the original leaves, and where nothing is left to say of it, it must run again and change nothing.
 */
export async function executeChain(engine: Engine, files: readonly string[]): Promise<Executed> {
  const executed: Executed = { twice: 0, reported: 0, failed: [], violations: [] };
  const world = new World();
  const original = await engine.open();
  const subject = await engine.open();
  try {
    for (const [k, text] of files.entries()) {
      const complain = (what: string) =>
        executed.violations.push(
          `${what}\n--- history\n${files.slice(0, k).join('\n')}\n--- migration\n${text}\n--- fixed\n${fixed}`,
        );
      const { output, messages } = fixText(text, `${k}.sql`, { rules: secondRunRules, world });
      const fixed = output ?? text;
      const failure = await run(original, text);
      if (failure) {
        executed.failed.push(`${failure}\n--- history\n${files.slice(0, k).join('\n')}\n--- migration\n${text}`);
        break;
      }
      const wanted = await original.state();
      const first = await run(subject, fixed);
      if (first) {
        complain(`the fixed migration fails: ${first}`);
        break;
      }
      if (output !== undefined) {
        const found = await subject.state();
        if (!same(wanted, found, files)) {
          complain(`the fixed migration leaves something else:\n${await difference(wanted, found)}`);
          break;
        }
      }
      if (messages.length > 0) {
        executed.reported++;
        await subject.reset();
      } else {
        executed.twice++;
        const silent = output === undefined ? 'nothing is said of the migration, but ' : '';
        const second = await run(subject, fixed);
        const found = second ? wanted : await subject.state();
        if (second) complain(`${silent}a second run fails: ${second}`);
        else if (!same(wanted, found, files))
          complain(`${silent}a second run changes something:\n${await difference(wanted, found)}`);
        if (executed.violations.length > 0) break;
      }
      play(new Script(text, `${k}.sql`).statements, world);
    }
  } finally {
    await original.close();
    await subject.close();
  }
  return executed;
}
