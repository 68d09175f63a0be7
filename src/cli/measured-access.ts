/** `verify --access`: what each request reaches of the tables, measured once the migrations have run. */
import type { ConfigFinder } from '../config/load.ts';
import { flatMap } from '../lists.ts';
import { printable } from '../printable.ts';
import type { Project } from '../project/types.ts';
import { loadParser } from '../syntax/parser.ts';
import type { Contradiction, Reached, VerifyFormat, VerifyOptions } from '../verify/index.ts';
import { endOf, reachedTable } from './access-tables.ts';

/** What came of one project. */
export interface Measured {
  reached: readonly Reached[];
  contradictions: readonly Contradiction[];
}

/** Measures the access at the end of a project's migrations, and compares it with what is proven from their text. */
export async function accessAtEnd(
  project: Project,
  configs: ConfigFinder,
  measured: Measured[],
): Promise<VerifyOptions['atEnd']> {
  if (project.forward.length === 0) return undefined;
  await loadParser();
  const { world, schemas } = await endOf(project, configs);
  const { contradictionsIn, measureAccess } = await import('../verify/index.ts');
  return async (session) => {
    const reached = await measureAccess(session, schemas);
    measured.push({ reached, contradictions: contradictionsIn(reached, world, schemas) });
  };
}

/** The verdicts, with the tables behind them. @param verdicts as they are printed in the format */
export function withAccess(verdicts: string, format: VerifyFormat, measured: readonly Measured[]): string {
  if (format === 'json') {
    const files = JSON.parse(verdicts) as unknown;
    return `${JSON.stringify({ files, access: flatMap(measured, ({ reached }) => reached) }, null, 2)}\n`;
  }
  const tables = measured.map(({ reached, contradictions }) => printable(reachedTable(reached, contradictions)));
  return `${[verdicts, ...tables].join('\n')}\n`;
}
