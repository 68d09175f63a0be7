import { basename } from 'node:path';
import { hasCrate } from '../disk.ts';
import { byNumber } from '../order.ts';
import { oneMessage } from '../runners.ts';
import type { Tool } from '../types.ts';

const NAME = /^[UV]\d+(?:\.\d+)?__\w+\.sql$/;

export const refinery: Tool = {
  name: 'refinery',
  title: 'refinery',
  url: 'https://docs.rs/refinery',
  read: '0.9',
  recognised: 'files `V1__name.sql` or `U1__name.sql` below a Cargo.toml that names refinery, or `refinery.toml`',
  looksLike: (folder, disk) =>
    [...disk.list(folder).files].some((name) => NAME.test(name)) && hasCrate(folder, 'refinery', disk),
  deep: true,
  // U stands for a version that may come late, not for the way back.
  roleOf: (path) => (NAME.test(basename(path)) ? 'up' : 'skipped'),
  compare: (a, b) => byNumber(basename(a).slice(1), basename(b).slice(1)),
  order: 'the number',
  runners: () => [oneMessage('refinery', 'file')],
  begins: { path: (name, next) => `V${next('count')}__${name}.sql` },
  back: () => ({ none: 'refinery runs forward only' }),
  edited: 'it refuses to run: name, version and text are in its checksum',
  refusesEdited: true,
};
