/** Writes docs/first-hour.md: three projects begin with the packed command, and all that they see is written down. */
import { execFileSync } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, readFileSync, realpathSync, renameSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parse } from 'yaml';
import { Shell } from '../support/shell.ts';

interface Workflow {
  jobs: Record<string, { steps: ({ uses: string } | { run: string })[] }>;
}

const PACKAGE = 'idempotent-sql-lint.tgz';
const WORKFLOW = '.github/workflows/sql-lint.yml';

/** A project of one tool, in a repository that others have cloned. */
class Team {
  readonly shell: Shell;
  private readonly root: string;
  private readonly name: string;

  constructor(root: string, tool: string, name: string) {
    this.root = root;
    this.name = name;
    const folder = join(root, name);
    cpSync(`test/first-hour/${tool}/project`, folder, { recursive: true });
    this.shell = new Shell(root, { XDG_CACHE_HOME: join(root, 'cache') });
    this.hidden(`git init -q --bare -b main ${name}.git`);
    this.shell.cwd = folder;
    this.hidden('git init -q -b main');
    // A history of several commits, as projects have.
    this.hidden('git add package.json .gitignore .github && git commit -qm "Begin"');
    this.hidden('git add . && git commit -qm "Add the migrations so far"');
    this.hidden(`git remote add origin ../${name}.git && git push -q -u origin main`);
    mkdirSync(join(root, 'new'), { recursive: true });
    cpSync(`test/first-hour/${tool}/new`, join(root, 'new'), { recursive: true });
  }

  hidden(command: string): void {
    this.shell.run(command, { hidden: true });
  }

  /** The new migration is written. */
  addMigration(): void {
    this.hidden('cp -r ../new/. . && rm -r ../new');
  }

  /** Runs the steps of the workflow in a clone, one by one, as the runner of a CI system does for a pull request. */
  runWorkflow(branch: string, failsAt?: string): string {
    const clone = join(this.root, 'runner');
    const home = this.shell.cwd;
    this.hidden(`git clone -q ../${this.name}.git ${clone} && cd ${clone} && git checkout -q ${branch}`);
    this.shell.cwd = clone;
    const env = { CI: 'true', GITHUB_ACTIONS: 'true', GITHUB_BASE_REF: 'main', GITHUB_HEAD_REF: branch };
    const { jobs } = parse(readFileSync(join(clone, WORKFLOW), 'utf8')) as Workflow;
    for (const { steps } of Object.values(jobs))
      for (const step of steps) {
        if ('uses' in step) continue;
        const fails = failsAt !== undefined && step.run.includes(failsAt);
        this.shell.run(step.run, { env, fails });
        if (fails) break;
      }
    const said = this.shell.take();
    this.shell.cwd = home;
    rmSync(clone, { recursive: true });
    return said;
  }
}

/** A project in which the file of known findings is chosen. */
async function clinic(root: string): Promise<string> {
  const team = new Team(root, 'supabase', 'clinic');
  const { shell } = team;
  shell.run(`npm install --save-dev ../${PACKAGE}`);
  shell.run('npx sql-lint --format summary', { fails: true });
  const found = shell.take();
  await shell.ask('npx sql-lint init', [
    ['Where are the migrations?', ''],
    ['Which preset?', ''],
    ['Which is the oldest PostgreSQL', ''],
    ['How to begin?', 'baseline'],
    ['before every commit?', ''],
    ['on GitHub?', ''],
    ['Write 4 files?', ''],
  ]);
  const init = shell.take();
  shell.run('npx sql-lint');
  shell.run('git add . && git commit -qm "Lint the migrations" && git push -q');
  const quiet = shell.take();
  shell.run('git switch -q -c invoices');
  team.addMigration();
  shell.run('cat supabase/migrations/20250415110000_invoices.sql');
  shell.run('git add . && git commit -qm "Add invoices"', { fails: true });
  const stopped = shell.take();
  shell.run('npx sql-lint --changed --fix');
  shell.run('cat supabase/migrations/20250415110000_invoices.sql');
  shell.run('npx sql-lint verify --changed');
  shell.run('git add . && git commit -qm "Add invoices" && git push -q -u origin invoices');
  const fixed = shell.take();
  return `## A Supabase project

Seven migrations are applied. Install the package, and look at what it finds in them:

${found}

\`init\` asks a few questions, shows each file, and writes it. There are more than 50 findings in files that are applied, so it offers to leave them alone. Here the answer is *baseline*:

${init}

Nothing is reported any more, and what has been written is committed:

${quiet}

Now a new migration, on a branch. The hook stops the commit:

${stopped}

\`--fix\` writes the forms that can run twice, \`verify\` proves it, and the commit goes through:

${fixed}

The pull request runs the steps of \`${WORKFLOW}\`, in a fresh clone:

${team.runWorkflow('invoices')}`;
}

/** A project in which the migrations from a version on are reported. */
function bookshop(root: string): string {
  const team = new Team(root, 'prisma', 'bookshop');
  const { shell } = team;
  shell.run(`npm install --save-dev ../${PACKAGE}`);
  shell.run('npx sql-lint init --yes');
  shell.run('cat sql-lint.config.json');
  shell.run('npx sql-lint');
  shell.run('git add . && git commit -qm "Lint the migrations" && git push -q');
  const init = shell.take();
  shell.run('git switch -q -c gift-cards');
  team.addMigration();
  shell.run('git add . && git commit -qm "Add gift cards"', { fails: true });
  shell.run('npx sql-lint --changed --diff', { fails: true });
  shell.run('npx sql-lint --staged --fix');
  shell.run('npx sql-lint verify --changed');
  shell.run('git commit -qm "Add gift cards" && git push -q -u origin gift-cards');
  const fixed = shell.take();
  return `## A Prisma project

\`init --yes\` asks nothing. Where the migrations have versions, it begins with the next one:

${init}

The next migration is as \`prisma migrate dev --create-only\` writes it. \`--diff\` shows what \`--fix\` would write, and \`--staged --fix\` changes what is staged:

${fixed}

The steps of the pull request:

${team.runWorkflow('gift-cards')}`;
}

/** A project with few findings, and a commit that goes around the hook. */
function parcels(root: string): string {
  const team = new Team(root, 'goose', 'parcels');
  const { shell } = team;
  shell.run(`npm install --save-dev ../${PACKAGE}`);
  shell.run('npx sql-lint init --yes');
  shell.run('npx sql-lint --update-baseline');
  shell.run('npx sql-lint');
  shell.run('git add . && git commit -qm "Lint the migrations" && git push -q');
  const init = shell.take();
  shell.run('git switch -q -c drivers');
  team.addMigration();
  shell.run('git add . && git commit -qm "Add drivers"', { fails: true });
  shell.run('git commit -q --no-verify -m "Add drivers" && git push -q -u origin drivers');
  const stopped = shell.take();
  const red = team.runWorkflow('drivers', '--changed --format github');
  shell.run('npx sql-lint --changed --fix');
  shell.run('cat migrations/00005_drivers.sql');
  shell.run('npx sql-lint verify --changed');
  shell.run('git commit -qam "Let the migration run twice" && git push -q');
  const fixed = shell.take();
  return `## A goose project

There are 17 findings, fewer than the 50 from which on \`init\` offers a beginning. \`--update-baseline\` takes them for known at any time:

${init}

Somebody goes around the hook:

${stopped}

Then the pull request fails:

${red}

\`--fix\` corrects the file, and the next push passes:

${fixed}`;
}

/** @returns the page */
export async function tell(): Promise<string> {
  const root = realpathSync(mkdtempSync(join(tmpdir(), 'first-hour-')));
  try {
    // Without its scripts: what they build is there, and other tests use it.
    const [packed] = JSON.parse(
      execFileSync('npm', ['pack', '--ignore-scripts', '--json', '--pack-destination', root], {
        encoding: 'utf8',
        stdio: ['ignore', 'pipe', 'ignore'],
      }),
    ) as [{ filename: string }];
    renameSync(join(root, packed.filename), join(root, PACKAGE));
    return `<!-- Generated by \`npm run first-hour\`. -->

# The first hour

What a team sees that begins with \`sql-lint\`, in three projects. A program runs each command below with the package as it is published, and writes down what it prints; times are left out. Here the package comes from a file. In your project, \`npm install --save-dev idempotent-sql-lint\` gets it.

${await clinic(root)}

${bookshop(root)}

${parcels(root)}
`;
  } finally {
    rmSync(root, { recursive: true, force: true });
  }
}
