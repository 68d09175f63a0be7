import { basename, dirname } from 'node:path';
import { atLeast, packageVersion } from '../disk.ts';
import { byFolder } from '../order.ts';
import { oneMessage, statementByStatement } from '../runners.ts';
import type { Tool } from '../types.ts';

const MIGRATION = /^[^/]+\/migration\.sql$/;

export const prisma: Tool = {
  name: 'prisma',
  title: 'Prisma',
  url: 'https://www.prisma.io/docs/orm/prisma-migrate',
  read: 'prisma-engines before and from 7.4',
  recognised: '`migration_lock.toml` beside the folders of migrations, or a folder `prisma/migrations`',
  find(folder, disk) {
    const isItsFolder = basename(folder) === 'migrations' && basename(dirname(folder)) === 'prisma';
    if (!isItsFolder && !disk.list(folder).files.has('migration_lock.toml')) return undefined;
    const root = dirname(folder);
    const version = packageVersion(root, 'prisma', disk) ?? packageVersion(root, '@prisma/client', disk);
    return { root, folder, ...(version && { version }) };
  },
  roleOf: (path) => (MIGRATION.test(path) ? 'up' : 'skipped'),
  compare: byFolder,
  order: 'the folder name',
  runners: (_, { version }) => {
    // A statement that its parser does not know makes it send the whole script as before.
    const whole = oneMessage('prisma', 'none');
    return version && !atLeast(version, 7, 4) ? [whole] : [statementByStatement('prisma', 'none'), whole];
  },
  begins: { path: (name, next) => `${next('time')}_${name}/migration.sql` },
  back: () => ({ none: 'Prisma runs forward only' }),
  edited: '`prisma migrate deploy` does not look; `prisma migrate dev` asks for a reset of the database',
  refusesEdited: false,
};
