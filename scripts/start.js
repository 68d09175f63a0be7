// The main job on an example, from a fresh clone: install, build, lint, fix a copy, and prove it by running it twice.
import { spawnSync } from 'node:child_process';
import { cpSync, existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const example = join('examples', 'supabase');
const cli = join(root, 'dist', 'cli.js');
const color = process.stdout.isTTY && !process.env.NO_COLOR ? '--color' : '--no-color';

const title = (text) => console.log(`\n━━ ${text}`);

function run(command, args, { cwd = root, expect = [0], quiet = false } = {}) {
  const { status, stdout, stderr, error } = spawnSync(command, args, {
    cwd,
    encoding: 'utf8',
    stdio: quiet ? 'pipe' : 'inherit',
    shell: command === 'npm' && process.platform === 'win32',
  });
  if (error || status === null || !expect.includes(status)) {
    process.stderr.write(`${stdout ?? ''}${stderr ?? ''}${command} ${args.join(' ')} ended with ${error ?? status}\n`);
    process.exit(1);
  }
}

if (!existsSync(join(root, 'node_modules', 'esbuild'))) {
  title('Installing what the lock file names');
  run('npm', ['ci', '--no-audit', '--no-fund'], { quiet: true });
}
title('Building');
run(process.execPath, [join('scripts', 'build.js')]);

const folder = mkdtempSync(join(tmpdir(), 'sql-lint-'));
try {
  cpSync(join(root, example), folder, { recursive: true });

  title(`sql-lint ${example}: what cannot run twice`);
  run(process.execPath, [cli, color, example], { expect: [1] });

  title('sql-lint --fix on a copy: the rewritten migrations (the example itself stays as it is)');
  run(process.execPath, [cli, '--diff', '--no-color', 'supabase/migrations'], { cwd: folder, expect: [0, 1] });
  run(process.execPath, [cli, '--fix', '--quiet', color, 'supabase/migrations'], { cwd: folder, expect: [0, 1] });

  title('sql-lint verify --fixed --replay: PostgreSQL runs every fixed migration twice, then all of them again');
  run(process.execPath, [cli, 'verify', '--fixed', '--replay', color, example]);

  console.log(
    '\nEach fixed migration ran twice on the embedded PostgreSQL: the first run left the same schema and rows as the' +
      '\noriginal, and the second run changed nothing. Nor did a run of the whole folder on its own end.',
  );
} finally {
  rmSync(folder, { recursive: true, force: true });
}
