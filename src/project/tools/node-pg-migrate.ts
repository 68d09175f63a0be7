import { join } from 'node:path';
import { hasPackage } from '../disk.ts';
import { byNature, byNumber } from '../order.ts';
import { oneMessage } from '../runners.ts';
import type { Disk, Part, Tool } from '../types.ts';

const UP = /^[ \t]*--[\s-]*up\s+migration.*$/im;
const DOWN = /^[ \t]*--[\s-]*down\s+migration.*$/im;
const FOLDER_OPTION = /(?:-m|--migrations-dir)[ =]([\w./-]+)/;

export const nodePgMigrate: Tool = {
  name: 'node-pg-migrate',
  title: 'node-pg-migrate',
  url: 'https://salsita.github.io/node-pg-migrate/',
  read: '10.0.0-alpha.2',
  recognised: 'its name in `package.json`, or `-- Up Migration` and `-- Down Migration` in the files',
  find(folder, disk) {
    if (!hasPackage(folder, 'node-pg-migrate', disk)) return undefined;
    return { root: folder, folder: join(folder, folderOf(folder, disk)) };
  },
  speaks: /^[ \t]*--[- \t]*up[ \t]+migration\b[^]*^[ \t]*--[- \t]*down[ \t]+migration\b/im,
  roleOf: (path) =>
    path.startsWith('.') || path.includes('/') ? 'skipped' : path.endsWith('.down.sql') ? 'down' : 'up',
  compare: (a, b) => byNumber(a, b) && (numberOf(a) === numberOf(b) ? byNature(a, b) : byNumber(a, b)),
  order: 'the number at the beginning, then the name',
  marks: { parts: readParts },
  runners: () => [oneMessage('node-pg-migrate', 'all')],
  forbidden: [{ text: /^[ \t]*--[\s-]*(?:up|down)\s+migration/im, why: 'node-pg-migrate takes it for a mark' }],
  begins: {
    path: (name, next) => `${next('milliseconds')}_${name}.sql`,
    frame: { above: '-- Up Migration', below: '-- Down Migration' },
  },
  back: (path) =>
    path.endsWith('.up.sql') ? { file: path.replace(/\.up\.sql$/, '.down.sql') } : { section: '-- Down Migration' },
  edited: 'nothing: it knows a migration by its name alone',
  refusesEdited: false,
};

const numberOf = (name: string): string => /^\d*/.exec(name)![0];

const folderOf = (folder: string, disk: Disk): string =>
  FOLDER_OPTION.exec(disk.read(join(folder, 'package.json')) ?? '')?.[1] ?? 'migrations';

/** Without an up mark the whole text runs forward, what is below a down mark too. */
function readParts(text: string): Part[] | undefined {
  const [up, down] = [UP.exec(text), DOWN.exec(text)];
  if (!up) return undefined;
  const upStart = up.index + up[0].length;
  const upEnd = down && down.index > up.index ? down.index : text.length;
  const parts: Part[] = [{ start: upStart, end: upEnd, direction: 'up' }];
  if (down) {
    const end = up.index > down.index ? up.index : text.length;
    parts.push({ start: down.index + down[0].length, end, direction: 'down' });
  }
  return parts.sort((a, b) => a.start - b.start);
}
