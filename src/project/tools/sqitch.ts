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
  edited: '`sqitch deploy` does not look; `sqitch check` and `sqitch rebase --modified` do',
  refusesEdited: false,
};

/** The scripts of the plan. A change that is planned again has its earlier script under the tag before that. */
function readPlan({ root }: Site, disk: Disk): string[] | undefined {
  const plan = disk.read(join(root, PLAN));
  if (plan === undefined) return undefined;
  const lines = flatMap(plan.split(/\r?\n/), (line) => {
    const [, name] = /^\s*(@?[^\s%#[\]][^\s[\]]*)/.exec(line) ?? [];
    return name === undefined ? [] : [name];
  });
  return flatMap(lines, (name, k) => {
    if (name.startsWith('@')) return [];
    const again = lines.indexOf(name, k + 1);
    if (again < 0) return [`${name}.sql`];
    const tag = lines.slice(k, again).findLast((other) => other.startsWith('@'));
    return [`${name}${tag ?? ''}.sql`];
  });
}
