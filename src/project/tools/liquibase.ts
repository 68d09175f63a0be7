import { basename, dirname, join, relative, resolve, sep } from 'node:path';
import { filesBelow } from '../disk.ts';
import { byText } from '../order.ts';
import { statementByStatement } from '../runners.ts';
import type { Disk, Site, Tool } from '../types.ts';

const HEADER = /^\s*--[ \t]*liquibase[ \t]*formatted\b/i;
const CHANGESET = /^[ \t]*--[ \t]*changeset[ \t]+\S+:\S+(.*)$/gim;
const PROPERTIES = 'liquibase.properties';
const ROOT = /^(?:db\.)?changelog(?:[-._](?:master|root))?\.(?:xml|ya?ml|json|sql)$/i;
/** What a changelog includes, in the order of its text, whatever it is written in: a file, or all of a folder. */
const INCLUDES = new RegExp(
  [
    /<include(All)?\b[^>]*?\b(?:file|path)\s*=\s*"([^"]+)"/,
    /include(All)?"?\s*:\s*\{?\s*\n?\s*"?(?:file|path)"?\s*:\s*["']?([^"'\s,}]+)/,
  ]
    .map(({ source }) => source)
    .join('|'),
  'g',
);
const RUNS_ALONE = /\bruninTransaction:\s*"?false/i;

export const liquibase: Tool = {
  name: 'liquibase',
  title: 'Liquibase',
  url: 'https://docs.liquibase.com/concepts/changelogs/sql-format.html',
  read: '5.0.4',
  recognised: '`--liquibase formatted sql` in the first line, `liquibase.properties`, or `db.changelog-master.*`',
  find(folder, disk) {
    const { files } = disk.list(folder);
    if (files.has(PROPERTIES)) return { root: folder, folder: configured(folder, disk) };
    const isRoot = [...files].some((name) => ROOT.test(name) && !name.endsWith('.sql'));
    return isRoot ? { root: folder, folder } : undefined;
  },
  speaks: HEADER,
  deep: true,
  roleOf: (path) => (path.endsWith('.sql') ? 'up' : 'skipped'),
  compare: byText,
  order: 'that of the changelogs from the root down; `includeAll` by path, as text',
  listed: (site, disk) => listed(site, disk),
  marks: { changeset: CHANGESET },
  runners: ({ text }) => [statementByStatement('liquibase', RUNS_ALONE.test(text) ? 'none' : 'file', 'counted-blocks')],
  transactionOff: '`runInTransaction:false` on the changeset',
  forbidden: [
    { text: /^[ \t]*--[ \t]*(?:changeset|rollback|precondition|liquibase)/im, why: 'Liquibase takes it for a mark' },
  ],
  pinned: /^\s*--[ \t]*liquibase[ \t]*formatted.*\n/i,
  begins: 'a changeset of your own in a changelog, with splitStatements:false',
  back: () => ({ none: 'Liquibase wants the way back of each changeset in lines that begin with --rollback' }),
  edited:
    'it refuses to run, unless the changeset says `runOnChange:true` or names the checksum under ' +
    '`--validCheckSum`; white space does not count',
  refusesEdited: true,
};

/** The folder of the changelog that liquibase.properties names. */
function configured(folder: string, disk: Disk): string {
  const file = /^\s*change-?log-?file\s*[=:]\s*(\S+)/im.exec(disk.head(join(folder, PROPERTIES)) ?? '')?.[1];
  return file === undefined ? folder : dirname(resolve(folder, file));
}

function listed({ folder, root }: Site, disk: Disk): string[] | undefined {
  const named = /^\s*change-?log-?file\s*[=:]\s*(\S+)/im.exec(disk.head(join(root, PROPERTIES)) ?? '')?.[1];
  const first = named !== undefined ? basename(named) : [...disk.list(folder).files].find((name) => ROOT.test(name));
  if (first === undefined) return undefined;
  const found = new Set<string>();
  const follow = (path: string) => {
    if (found.has(path)) return;
    if (path.endsWith('.sql')) return void found.add(path);
    for (const match of (disk.read(path) ?? '').matchAll(INCLUDES)) {
      const all = match[1] ?? match[3];
      const target = (match[2] ?? match[4])!.replace(/^classpath:\/?/, '');
      const place = placeOf(target, path, folder, disk);
      if (!all) follow(place);
      else for (const file of filesBelow(place, disk).sort(byText)) follow(join(place, file));
    }
  };
  follow(join(folder, first));
  return [...found].map((path) => relative(folder, path).split(sep).join('/'));
}

/** A path in a changelog is relative to it, to the folder of the root changelog, or to a search path above. */
function placeOf(target: string, changelog: string, folder: string, disk: Disk): string {
  const candidates = [resolve(dirname(changelog), target)];
  for (let at = folder; dirname(at) !== at && candidates.length < 8; at = dirname(at))
    candidates.push(resolve(at, target));
  const exists = (path: string) => {
    const { files, folders } = disk.list(dirname(path));
    return files.has(basename(path)) || folders.has(basename(path));
  };
  return candidates.find(exists) ?? candidates[0]!;
}
