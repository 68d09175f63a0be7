/** The package as it is published, installed into an empty folder, under ESLint 9 and 10 and in ESLint's language server. */
import { execFileSync } from 'node:child_process';
import { cpSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { ESLint } from 'eslint';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startLanguageServer } from '../support/language-server.ts';
import { createProject, type Project, type Ran } from '../support/project.ts';

const INSTALL_MS = 300_000;
const RUN_MS = 60_000;
const MIGRATIONS = 'supabase/migrations';
const ESM = `import sql from 'idempotent-sql-lint/eslint';\nexport default [sql.configs.supabase];\n`;
const COMMONJS = `module.exports = import('idempotent-sql-lint/eslint').then(({ default: sql }) => [sql.configs.supabase]);\n`;

let pack: Project;
let tarball: string;
beforeAll(() => {
  pack = createProject();
  // Without its scripts: what they build is there, and other tests use it.
  const [packed] = JSON.parse(
    execFileSync('npm', ['pack', '--ignore-scripts', '--json', '--pack-destination', pack.path], {
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'ignore'],
    }),
  ) as [{ filename: string }];
  tarball = join(pack.path, packed.filename);
}, RUN_MS);
afterAll(() => pack.remove());

interface Edit {
  range: { start: { line: number; character: number }; end: { line: number; character: number } };
  newText: string;
}

/** The text after edits, whose positions are all of the text before. */
function applyAll(text: string, edits: readonly Edit[]): string {
  const starts = [0, ...[...text.matchAll(/\n/g)].map((m) => m.index + 1)];
  const offset = ({ line, character }: Edit['range']['start']) => starts[line]! + character;
  return [...edits]
    .sort((a, b) => offset(b.range.start) - offset(a.range.start))
    .reduce(
      (out, { range, newText }) => out.slice(0, offset(range.start)) + newText + out.slice(offset(range.end)),
      text,
    );
}

describe.each([9, 10])('ESLint %i', (major) => {
  let project: Project;
  beforeAll(() => {
    project = createProject({ 'package.json': '{ "private": true }' });
    project.run(
      'npm',
      'install',
      '--prefer-offline',
      '--no-audit',
      '--no-fund',
      '--ignore-scripts',
      tarball,
      `eslint@${major}`,
    );
    cpSync('examples/supabase/supabase', join(project.path, 'supabase'), { recursive: true });
  }, INSTALL_MS);
  afterAll(() => project.remove());

  const bin = (name: string) => join(project.path, 'node_modules', '.bin', name);
  const results = (ran: Ran) => {
    expect(ran.stdout, `status ${ran.status}, ${ran.stderr}`).not.toBe('');
    return JSON.parse(ran.stdout) as ESLint.LintResult[];
  };
  const essence = (all: readonly ESLint.LintResult[]) =>
    all.map(({ filePath, messages }) => ({
      filePath,
      messages: messages
        .map(({ ruleId, severity, message, line, column, endLine, endColumn, fix }) => ({
          ruleId: ruleId?.replace('idempotent-sql/', ''),
          severity,
          message,
          line,
          column,
          endLine,
          endColumn,
          fix,
        }))
        .sort((a, b) => a.line - b.line || a.column - b.column || (a.ruleId ?? '').localeCompare(b.ruleId ?? '')),
    }));
  const migrations = () =>
    project.run(
      'git',
      'hash-object',
      ...project
        .run('ls', MIGRATIONS)
        .trim()
        .split('\n')
        .map((f) => `${MIGRATIONS}/${f}`),
    );

  it.each([
    ['eslint.config.mjs', ESM],
    ['eslint.config.cjs', COMMONJS],
  ])(
    'says what the command says, configured in %s',
    (name, config) => {
      project.write(name, config);
      expect(project.run(bin('eslint'), '--version')).toMatch(new RegExp(`^v${major}\\.`));
      const theirs = results(project.attempt(bin('eslint'), '--config', name, '--format', 'json', MIGRATIONS));
      const ours = results(project.attempt(bin('sql-lint'), '--format', 'json'));
      expect(ours.flatMap((r) => r.messages).length).toBeGreaterThan(50);
      expect(essence(theirs)).toEqual(essence(ours));
    },
    RUN_MS,
  );

  it(
    'refuses a key of languageOptions that it does not know',
    () => {
      project.write(
        'slip.mjs',
        ESM.replace('sql.configs.supabase', '{ ...sql.configs.supabase, languageOptions: { postgresVersoin: 16 } }'),
      );
      const ran = project.attempt(bin('eslint'), '--config', 'slip.mjs', MIGRATIONS);
      expect(ran.status).toBe(2);
      expect(ran.stderr).toContain('unknown key "languageOptions.postgresVersoin"; did you mean "postgresVersion"?');
    },
    RUN_MS,
  );

  it(
    'fixes what the command fixes',
    () => {
      const copy = createProject();
      try {
        project.write('eslint.config.mjs', ESM);
        cpSync(join(project.path, MIGRATIONS), join(copy.path, MIGRATIONS), { recursive: true });
        const original = migrations();
        const ran = project.attempt(bin('eslint'), '--config', 'eslint.config.mjs', '--fix', MIGRATIONS);
        const fixed = migrations();
        expect(fixed, `status ${ran.status}, ${ran.stdout}${ran.stderr}`).not.toBe(original);
        cpSync(join(copy.path, MIGRATIONS), join(project.path, MIGRATIONS), { recursive: true });
        expect(migrations()).toBe(original);
        project.attempt(bin('sql-lint'), '--fix');
        expect(migrations()).toBe(fixed);
      } finally {
        cpSync(join(copy.path, MIGRATIONS), join(project.path, MIGRATIONS), { recursive: true });
        copy.remove();
      }
    },
    RUN_MS,
  );

  it(
    'has types for a configuration',
    () => {
      project.write(
        'check.mts',
        `import sql, { type SqlLanguageOptions } from 'idempotent-sql-lint/eslint';\nimport { defineConfig, lintText, type Config } from 'idempotent-sql-lint';\nconst options: SqlLanguageOptions = { postgresVersion: 16 };\nexport default [{ ...sql.configs.recommended, languageOptions: { ...options } }];\nexport const config: Config = defineConfig({ extends: 'strict', rules: { 'no-bare-create': 'warn' } });\nexport const lint = lintText;\n`,
      );
      const tsc = createRequire(import.meta.url).resolve('typescript/bin/tsc');
      expect(
        project.attempt(
          process.execPath,
          tsc,
          '--noEmit',
          '--strict',
          '--module',
          'nodenext',
          '--target',
          'es2023',
          '--skipLibCheck',
          'check.mts',
        ),
      ).toMatchObject({ status: 0, stdout: '' });
    },
    RUN_MS,
  );

  it(
    'shows findings in editors, and fixes all',
    async () => {
      project.write('eslint.config.mjs', ESM);
      const file = `${MIGRATIONS}/20250219160322_labels.sql`;
      const uri = pathToFileURL(join(project.path, file)).href;
      const text = project.read(file);
      const folder = { uri: pathToFileURL(project.path).href, name: 'project' };
      const server = await startLanguageServer(
        [createRequire(import.meta.url).resolve('vscode-langservers-extracted/bin/vscode-eslint-language-server')],
        project.path,
        {
          validate: 'on',
          run: 'onType',
          useESLintClass: true,
          useFlatConfig: true,
          experimental: { useFlatConfig: false },
          packageManager: 'npm',
          nodePath: null,
          options: {},
          rulesCustomizations: [],
          quiet: false,
          onIgnoredFiles: 'off',
          format: false,
          problems: { shortenToSingleLine: false },
          codeAction: {
            disableRuleComment: { enable: true, location: 'separateLine', commentStyle: 'block' },
            showDocumentation: { enable: true },
          },
          codeActionOnSave: { mode: 'all' },
          workingDirectory: { directory: project.path },
          workspaceFolder: folder,
        },
      );
      try {
        server.notify('textDocument/didOpen', { textDocument: { uri, languageId: 'sql', version: 1, text } });
        const { items: diagnostics } = await server.request<{
          items: { range: Edit['range']; code: string; message: string; source: string }[];
        }>('textDocument/diagnostic', { textDocument: { uri } });
        const ours = results(project.attempt(bin('sql-lint'), '--format', 'json', file))[0]!.messages;
        expect(
          diagnostics.map((d) => `${d.range.start.line + 1}:${d.range.start.character + 1} ${d.code}`).sort(),
        ).toEqual(ours.map((m) => `${m.line}:${m.column} idempotent-sql/${m.ruleId!}`).sort());

        const whole = { start: { line: 0, character: 0 }, end: { line: text.split('\n').length, character: 0 } };
        const [action] = await server.request<{ edit: { documentChanges: { edits: Edit[] }[] } }[]>(
          'textDocument/codeAction',
          { textDocument: { uri }, range: whole, context: { diagnostics: [], only: ['source.fixAll.eslint'] } },
        );
        const edits = action!.edit.documentChanges.flatMap((change) => change.edits);
        project.attempt(bin('sql-lint'), '--fix', file);
        expect(applyAll(text, edits)).toBe(readFileSync(join(project.path, file), 'utf8'));
      } finally {
        project.write(file, text);
        await server.stop();
      }
    },
    RUN_MS,
  );
});
