import { join } from 'node:path';
import { partsAround } from '../marks.ts';
import { byNumber } from '../order.ts';
import { oneMessage, statementByStatement } from '../runners.ts';
import type { Direction, Tool } from '../types.ts';

const SEPARATOR = /^---- create above \/ drop below ----$/m;
const SWITCHED_OFF = /^---- tern: disable-tx ----$/m;
const partsOf = partsAround(SEPARATOR);

export const tern: Tool = {
  name: 'tern',
  title: 'tern',
  url: 'https://github.com/jackc/tern',
  read: '2.4.2',
  recognised: '`tern.conf`, or `---- create above / drop below ----` in the files',
  find(folder, disk) {
    const { files, folders } = disk.list(folder);
    if (!files.has('tern.conf')) return undefined;
    const beside = [...files].some((name) => /^\d+_.+\.sql$/.test(name)) || !folders.has('migrations');
    return { root: folder, folder: beside ? folder : join(folder, 'migrations') };
  },
  speaks: SEPARATOR,
  roleOf: (path) => (/^\d+_[^/]+\.sql$/.test(path) ? 'up' : path.includes('/') ? 'other' : 'skipped'),
  compare: byNumber,
  order: 'the number, without gaps',
  marks: { parts: partsOf },
  runners: ({ text, direction = 'up' }) => [
    isSwitchedOff(text, direction) ? statementByStatement('tern', 'none') : oneMessage('tern', 'file'),
  ],
  transactionOff: 'a line `---- tern: disable-tx ----`; the statements are then sent one by one',
  forbidden: [{ text: /\{\{/, why: 'tern takes it for a template' }],
  begins: { path: (name, next) => `${next('count', 3)}_${name}.sql` },
  back: () => ({ section: '---- create above / drop below ----' }),
  edited: 'nothing: it remembers the number of the last file alone',
  refusesEdited: false,
};

/** Whether the line stands in the part that is sent. */
function isSwitchedOff(text: string, direction: Direction): boolean {
  const part = partsOf(text)?.find((one) => one.direction === direction);
  return SWITCHED_OFF.test(part ? text.slice(part.start, part.end) : text);
}
