import { join } from 'node:path';
import { flatMap } from '../../lists.ts';
import { byText } from '../order.ts';
import { statementByStatement } from '../runners.ts';
import type { Disk, Site, Tool } from '../types.ts';

const PLAN = 'sqitch.plan';
const TOP_FOLDER = /^\s*top_dir\s*=\s*(\S+)/m;

export const sqitch: Tool = {
  name: 'sqitch',
  title: 'Sqitch',
  url: 'https://sqitch.org/docs/',
  read: '1.6.1',
  recognised: '`sqitch.plan`',
  find(folder, disk) {
    const config = disk.list(folder).files.has('sqitch.conf') ? disk.head(join(folder, 'sqitch.conf')) : undefined;
    const home = join(folder, TOP_FOLDER.exec(config ?? '')?.[1] ?? '.');
    if (!disk.list(home).files.has(PLAN)) return undefined;
    return {
      root: home,
      folder: join(home, 'deploy'),
      beside: { folders: [join(home, 'revert'), join(home, 'verify')], roleOf: () => 'other' },
    };
  },
  deep: true,
  roleOf: () => 'up',
  compare: byText,
  order: 'that of `sqitch.plan`',
  listed: (site, disk) => readPlan(site, disk),
  runners: () => [statementByStatement('sqitch', 'none')],
  transactionOff: 'BEGIN and COMMIT left out of the script: the tool adds none',
  sendsRows: true,
  recorded: (path, site, disk) => (releasedOf(site, disk).has(path) ? 'final' : undefined),
  begins: 'sqitch add NAME',
  back: (path) => ({ file: `../revert/${path}` }),
  edited: '`sqitch deploy` does not look; `sqitch check` and `sqitch rebase --modified` do',
  refusesEdited: false,
};

/** The names of the plan's changes and, with an @, of its tags. */
const namesIn = (plan: string): string[] =>
  flatMap(plan.split(/\r?\n/), (line) => {
    const [, name] = /^\s*(@?[^\s%#[\]][^\s[\]]*)/.exec(line) ?? [];
    return name === undefined ? [] : [name];
  });

/** The scripts that a tag has released: from then on Sqitch has them changed by a rework. */
function releasedOf(site: Site, disk: Disk): ReadonlySet<string> {
  const names = namesIn(disk.read(join(site.root, PLAN)) ?? '');
  const last = names.findLastIndex((name) => name.startsWith('@'));
  const released = names.slice(0, last + 1).filter((name) => !name.startsWith('@')).length;
  return new Set((readPlan(site, disk) ?? []).slice(0, released));
}

/** The scripts of the plan. A change that is planned again has its earlier script under the tag before that. */
function readPlan({ root }: Site, disk: Disk): string[] | undefined {
  const plan = disk.read(join(root, PLAN));
  if (plan === undefined) return undefined;
  const lines = namesIn(plan);
  return flatMap(lines, (name, k) => {
    if (name.startsWith('@')) return [];
    const again = lines.indexOf(name, k + 1);
    if (again < 0) return [`${name}.sql`];
    const tag = lines.slice(k, again).findLast((other) => other.startsWith('@'));
    return [`${name}${tag ?? ''}.sql`];
  });
}
