/** The server for assistants, through the protocol: all tools, and what they must not do. */
import { spawn } from 'node:child_process';
import { cpSync, mkdirSync, readdirSync, readFileSync, statSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import type { LintResult } from '../../src/linter/linter.ts';
import { rules } from '../../src/rules/index.ts';
import { startAssistant, type Assistant } from '../support/assistant.ts';
import { createProject, packedCommand, type Project } from '../support/project.ts';

interface Finding {
  path: string;
  line: number;
  rule: string;
  message: string;
}
interface Checked {
  verdict: string;
  findings: Finding[];
}
interface Fixed {
  files: { path: string; changed: boolean; written: boolean; text?: string; diff: string }[];
  left: Finding[];
}
interface Verified {
  verdict: string;
  files: { path: string; verdict: string; failure?: { code: string; line: number; statement: string } }[];
}

/** A migration that comes after those of the example, in SQL that PostgreSQL does not have. */
const NEXT = 'supabase/migrations/20250501000000_next.sql';
const INVENTED = `\`\`\`sql
create type if not exists urgency as enum ('low', 'high');
alter table tasks add column if not exists urgency urgency;
create policy if not exists "see profiles" on profiles for select to authenticated using (true);
alter table tasks add constraint if not exists tasks_title_check check (title <> '');
\`\`\`
`;

/** All files of a folder, with their texts and times. */
const stateOf = (folder: string): Record<string, unknown> =>
  Object.fromEntries(
    readdirSync(folder, { recursive: true, encoding: 'utf8' })
      .sort()
      .map((name) => {
        const stat = statSync(join(folder, name));
        return [name, stat.isFile() ? [readFileSync(join(folder, name), 'utf8'), stat.mtimeMs] : 'folder'];
      }),
  );

let project: Project;
let outside: Project;
let assistant: Assistant;
beforeAll(async () => {
  project = createProject();
  cpSync(join('examples', 'supabase'), project.path, { recursive: true });
  outside = createProject({ 'secret.sql': 'create table secret (id int);' });
  symlinkSync(join(outside.path, 'secret.sql'), join(project.path, 'supabase', 'linked.sql'));
  symlinkSync(outside.path, join(project.path, 'supabase', 'elsewhere'));
  assistant = await startAssistant(outside.path, { roots: [project.path] });
});
afterAll(async () => {
  await assistant.close();
  project.remove();
  outside.remove();
});

it('says what there is, with schemas and hints', async () => {
  const { tools } = await assistant.client.listTools();
  expect(tools.map(({ name }) => name)).toEqual(['check', 'fix', 'verify', 'explain', 'list_rules', 'project']);
  for (const { name, inputSchema, outputSchema, annotations, description } of tools) {
    expect(inputSchema).toMatchObject({ type: 'object', additionalProperties: false });
    expect(outputSchema).toMatchObject({ type: 'object' });
    expect(annotations).toMatchObject({ readOnlyHint: name !== 'fix', openWorldHint: false });
    expect(description!.length).toBeLessThan(500);
  }
  expect(tools.find(({ name }) => name === 'fix')!.annotations).toMatchObject({ destructiveHint: true });
  expect(assistant.client.getInstructions()).toContain('verify');
});

it('checks as the command does', async () => {
  const { data, text } = await assistant.call<Checked>('check', {});
  const results = JSON.parse(project.lint('--format', 'json').stdout) as LintResult[];
  const expected = results.flatMap(({ filePath, messages }) =>
    messages.map(({ line, ruleId, message }) => [filePath.slice(project.path.length + 1), line, ruleId, message]),
  );
  expect(expected.length).toBeGreaterThan(20);
  expect(data.findings.map(({ path, line, rule, message }) => [path, line, rule, message])).toEqual(expected);
  expect(data.verdict).toBe('errors');
  expect(text).toContain(data.findings[0]!.message);
});

it('fixes invented SQL so that it is proven, and writes nothing', async () => {
  const before = stateOf(project.path);
  const wrong = await assistant.call<Verified>('verify', { text: INVENTED, path: NEXT });
  expect(wrong.data).toMatchObject({ verdict: 'failed', files: [{ path: NEXT, failure: { code: '42601', line: 1 } }] });
  const checked = await assistant.call<Checked>('check', { text: INVENTED, path: NEXT });
  expect(checked.data.findings.filter(({ rule }) => rule === 'no-invented-syntax').length).toBeGreaterThanOrEqual(4);

  const { data, text } = await assistant.call<Fixed>('fix', { text: INVENTED, path: NEXT });
  const [file] = data.files as [Fixed['files'][number]];
  expect(file).toMatchObject({ path: NEXT, changed: true, written: false });
  expect(file.diff).toMatch(/^--- a\/supabase.*\n\+\+\+ b\/supabase/);
  expect(text).toContain(file.text!.trimEnd());
  expect(data.left.filter(({ rule }) => rule === 'no-invented-syntax')).toEqual([]);

  const right = await assistant.call<Verified>('verify', { text: file.text, path: NEXT });
  expect(right.text).toContain('runs twice');
  expect(right.data).toMatchObject({ verdict: 'proven', files: [{ path: NEXT, verdict: 'ok' }] });
  expect(stateOf(project.path)).toEqual(before);
});

it('knows what runs before a text', async () => {
  const text = 'select 1;\ncreate index if not exists tasks_due_idx on tasks (due_date);';
  const placed = await assistant.call<Checked>('check', { text, path: NEXT });
  expect(placed.data.findings.map(({ rule, line }) => [rule, line])).toContainEqual(['no-unknown-name', 2]);
  expect(placed.text).not.toContain('give "path"');
  const alone = await assistant.call<Checked>('check', { text });
  expect(alone.text).toContain('give "path"');
});

it('says which statement a proof fails at', async () => {
  const text = 'create table if not exists a (id int);\ncreate table b (id int);';
  const { data } = await assistant.call<Verified>('verify', { text });
  expect(data.files).toMatchObject([
    {
      path: 'text.sql',
      verdict: 'second-run-fails',
      failure: { code: '42P07', line: 2, statement: 'create table b (id int)' },
    },
  ]);
  const fixed = await assistant.call<Verified>('verify', { text, fixed: true, environment: 'plain' });
  expect(fixed.data.verdict).toBe('proven');
});

it('runs a new file last where its tool keeps a list of files', async () => {
  const drizzle = createProject();
  cpSync(join('examples', 'drizzle'), drizzle.path, { recursive: true });
  const other = await startAssistant(drizzle.path);
  try {
    const path = 'drizzle/0099_next.sql';
    const { data, text } = await other.call<Verified>('verify', { text: 'drop table if exists "totals";', path });
    expect([data.verdict, text]).toEqual(['proven', expect.stringContaining('is not in the list of Drizzle yet')]);
  } finally {
    await other.close();
    drizzle.remove();
  }
});

it('says so where the tool does not run a file because of its name', async () => {
  const path = 'supabase/migrations/next.sql';
  const { data, text } = await assistant.call<Verified>('verify', { text: 'select 1;', path });
  expect([data.verdict, text]).toEqual([
    'proven',
    expect.stringContaining(`Supabase does not run ${path}, because of`),
  ]);
});

it('tells of its progress', async () => {
  const said: string[] = [];
  const paths = ['supabase/migrations/20250114091200_init.sql', 'supabase/migrations/20250219160322_labels.sql'];
  await assistant.call('verify', { paths }, { onprogress: ({ message }) => said.push(message!) });
  expect(said.join('\n')).toMatch(/PostgreSQL starts[^]*labels/);
});

it('explains rules, errors, statements and findings', async () => {
  const kinds = await Promise.all(
    ['no-bare-create', '42P07', 'create index', 'supabase/migrations/20250114091200_init.sql:5'].map(
      async (name) => (await assistant.call('explain', { name })).data.kind,
    ),
  );
  expect(kinds).toEqual(['rule', 'sqlstate', 'statement', 'finding']);
});

it('lists the rules, and has their pages', async () => {
  const { data } = await assistant.call<{ rules: { name: string }[] }>('list_rules', {});
  expect(data.rules.map(({ name }) => name)).toEqual(Object.keys(rules));
  const { resources } = await assistant.client.listResources();
  expect(resources.map(({ uri }) => uri)).toEqual(Object.keys(rules).map((name) => `sql-lint://rules/${name}`));
  const { contents } = await assistant.client.readResource({ uri: 'sql-lint://rules/no-bare-drop' });
  expect(contents[0]).toMatchObject({
    mimeType: 'text/markdown',
    text: expect.stringContaining('## The fix') as string,
  });
  await expect(assistant.client.readResource({ uri: 'sql-lint://rules/../x' })).rejects.toThrow();
});

it('shows the project, and what its migrations have made', async () => {
  const { data, text } = await assistant.call<{ projects: object[] }>('project', { table: 'task' });
  expect(data.projects).toMatchObject([
    {
      tool: 'supabase',
      folder: 'supabase/migrations',
      files: expect.arrayContaining([
        { path: 'supabase/migrations/20250114091200_init.sql', at: 1, role: 'up' },
      ]) as unknown,
      tables: expect.arrayContaining([
        expect.objectContaining({ name: 'public.tasks', rowLevelSecurity: true }),
      ]) as unknown,
    },
  ]);
  expect(text).toMatch(/table public\.tasks \(id int8 not null, .*policies: "/);
});

it('has a prompt', async () => {
  const { prompts } = await assistant.client.listPrompts();
  expect(prompts).toMatchObject([{ name: 'repeatable_migration', title: 'Write a repeatable migration for …' }]);
  const { messages } = await assistant.client.getPrompt({
    name: 'repeatable_migration',
    arguments: { change: 'a table of notes' },
  });
  expect(messages[0]!.content).toMatchObject({ text: expect.stringContaining('for: a table of notes') as string });
});

it('writes the files that it is asked to write, and no other', async () => {
  const path = 'supabase/migrations/20250114091200_init.sql';
  const before = stateOf(project.path);
  const shown = await assistant.call<Fixed>('fix', { paths: [path] });
  expect(stateOf(project.path)).toEqual(before);
  const { data } = await assistant.call<Fixed>('fix', { paths: [path], write: true });
  expect(data.files).toMatchObject([{ path, changed: true, written: true, diff: shown.data.files[0]!.diff }]);
  const after = stateOf(project.path);
  expect(Object.keys(after).filter((name) => JSON.stringify(after[name]) !== JSON.stringify(before[name]))).toEqual([
    path,
  ]);
  project.write(path, (before[path] as [string])[0]);
});

describe('what must not be', () => {
  it.each([
    ['a file outside', 'check', { paths: ['/etc/passwd'] }, /outside/],
    ['a file above', 'check', { path: '../secret.sql' }, /outside/],
    ['a text that belongs outside', 'fix', { text: 'select 1', path: '/tmp/x.sql' }, /outside/],
    ['a link to a file outside', 'check', { paths: ['supabase/linked.sql'] }, /outside/],
    ['a link to a folder outside', 'fix', { paths: ['supabase/elsewhere'], write: true }, /outside/],
    ['a pattern outside', 'check', { paths: ['supabase/*/../../../*/*.sql'] }, /outside|no file matches/],
    ['a finding outside', 'explain', { name: '/etc/x.sql:1' }, /outside/],
    ['an unknown file', 'check', { paths: ['supabase/none.sql'] }, /no such file/],
    [
      'a file that is not SQL',
      'check',
      { paths: ['package.json', 'supabase/config.toml'] },
      /is no \.sql file|no such/,
    ],
    ['a wrong shape', 'check', { text: 7 }, /expected string/],
    ['a field that there is not', 'verify', { texts: 'select 1' }, /texts/],
    ['too much at once', 'check', { text: 'select 1;\n'.repeat(2_100_000) }, /no more than 2 MB/],
    ['a text and paths', 'fix', { text: 'select 1', paths: ['supabase'] }, /either text or paths/],
    ['writing a text', 'fix', { text: 'select 1', write: true }, /takes files/],
    ['writing whatever there is', 'fix', { write: true }, /name the files/],
    ['an unknown rule', 'fix', { text: 'select 1', rules: ['no-such-rule'] }, /no-such-rule/],
    ['an unknown name', 'explain', { name: 'nobareness' }, /no rule, error code/],
  ] as const)('%s is answered with an error, and the server goes on', async (_, tool, input, words) => {
    const before = stateOf(outside.path);
    const { isError, text } = await assistant.call(tool, input);
    expect([isError, text]).toEqual([true, expect.stringMatching(words)]);
    expect(stateOf(outside.path)).toEqual(before);
    expect((await assistant.call('list_rules', { preset: 'safety' })).isError).toBe(false);
  });

  it('a tool that there is not', async () => {
    await expect(assistant.call('drop_database', {})).rejects.toThrow(/drop_database/);
  });

  it('text that is no SQL is a finding', async () => {
    const { data } = await assistant.call<Checked>('check', { text: 'Hello, how are you?' });
    expect(data.findings.map(({ rule }) => rule)).toEqual(['no-syntax-error']);
  });

  it('a proof whose database is killed is a verdict', async () => {
    const text = "do $$ begin execute 'copy (select 1) to program ''true'''; end $$;";
    const { data } = await assistant.call<Verified>('verify', { text });
    expect(data).toMatchObject({ verdict: 'failed', files: [{ failure: { code: 'crash' } }] });
  });

  it('a proof that takes too long is stopped', async () => {
    const { isError, text } = await assistant.call('verify', { text: 'select pg_sleep(60);', seconds: 1 });
    expect([isError, text]).toEqual([true, 'It was stopped, because it took longer than 1 second.']);
  });

  it('a proof is answered in time, also where it waits for another one', async () => {
    const controller = new AbortController();
    const sleep = { text: 'select pg_sleep(60);' };
    const other = assistant.call('verify', sleep, { signal: controller.signal }).catch(() => 'stopped');
    const waiting = assistant.call('verify', { text: 'select 1;', seconds: 1 }).then(({ text }) => text);
    expect(await Promise.race([other, waiting])).toBe('It was stopped, because it took longer than 1 second.');
    controller.abort();
    expect(await other).toBe('stopped');
  });

  it('a proof that nobody waits for any more is stopped', async () => {
    const controller = new AbortController();
    const proof = assistant.call('verify', { text: 'select pg_sleep(60);' }, { signal: controller.signal });
    setTimeout(() => controller.abort(), 500);
    await expect(proof).rejects.toThrow();
    // The next one would have to wait for it.
    const started = Date.now();
    expect((await assistant.call<Verified>('verify', { text: 'select 1;' })).data.verdict).toBe('proven');
    expect(Date.now() - started).toBeLessThan(45_000);
  });
});

it('passes over what is none of the protocol, and ends with its input, also in the middle of a proof', async () => {
  const server = spawn(process.execPath, [packedCommand(), 'mcp'], { cwd: project.path });
  let [said, mistakes] = ['', ''];
  server.stdout.on('data', (chunk: Buffer) => (said += chunk.toString()));
  server.stderr.on('data', (chunk: Buffer) => (mistakes += chunk.toString()));
  const send = (message: object) => server.stdin.write(`${JSON.stringify({ jsonrpc: '2.0', ...message })}\n`);
  server.stdin.write('Hello?\n[1, 2]\n');
  const clientInfo = { name: 'raw', version: '1' };
  send({ id: 1, method: 'initialize', params: { protocolVersion: '2025-06-18', capabilities: {}, clientInfo } });
  send({ method: 'notifications/initialized' });
  send({ id: 2, method: 'no/such/method' });
  const sleep = { name: 'verify', arguments: { text: 'select pg_sleep(60);' } };
  send({ id: 3, method: 'tools/call', params: sleep });
  await vi.waitFor(() => expect(said).toContain('"id":2,"error":{"code":-32601'), { timeout: 60_000 });
  const ended = new Promise((done) => server.once('exit', done));
  server.stdin.end();
  expect(await ended).toBe(0);
  expect(said).not.toContain('"id":3');
  expect(mistakes).toBe('sql-lint mcp: a message is none of the protocol, and was passed over\n');
});

describe('another client', () => {
  it('that speaks the protocol of 2026, with two roots', async () => {
    const other = createProject({ 'migrations/1.sql': 'create table t (id int);' });
    const modern = await startAssistant(outside.path, { roots: [project.path, other.path], mode: 'auto' });
    try {
      const file = join(other.path, 'migrations', '1.sql');
      const { data } = await modern.call<Checked>('check', { paths: [file] });
      expect(data.findings.map(({ path, rule }) => [path, rule])).toContainEqual([file, 'no-bare-create']);
      expect((await modern.call('check', { paths: ['migrations/1.sql'] })).data).toEqual(data);
      expect((await modern.call('check', { paths: [outside.path] })).text).toMatch(/outside/);
    } finally {
      await modern.close();
      other.remove();
    }
  });

  it('that names a root in another one is told of each file once', async () => {
    const outer = createProject({ 'apps/web/migrations/1.sql': 'create table t (id int);' });
    const nested = await startAssistant(outside.path, { roots: [outer.path, join(outer.path, 'apps/web')] });
    try {
      expect((await nested.call<Checked>('check', {})).data.findings).toHaveLength(1);
    } finally {
      await nested.close();
      outer.remove();
    }
  });

  it('gets a short text also where there are many files', async () => {
    const textOf = (file: number) =>
      Array.from({ length: 12 }, (_, k) => `create table t_${file}_${k} (id int);\n`).join('');
    const files = Array.from({ length: 40 }, (_, file) => [`migrations/${file + 10}.sql`, textOf(file)] as const);
    const many = createProject(Object.fromEntries(files));
    const other = await startAssistant(many.path);
    try {
      const fixed = await other.call<Fixed>('fix', {});
      expect(fixed.data.files).toHaveLength(40);
      expect(fixed.text.length).toBeLessThan(25_000);
      expect(fixed.text).toContain('migrations/49.sql: would be fixed; nothing was written. The diff is left out.');
      const verified = await other.call<Verified>('verify', {});
      expect(verified.data.files).toHaveLength(40);
      expect(verified.text).toMatch(/… \d+ lines left out\nOn embedded .*\n40 files: 0 can run twice, 40 failed$/);
    } finally {
      await other.close();
      many.remove();
    }
  });

  it('gets answers only, where a configuration prints something', async () => {
    const loud = createProject({ 'sql-lint.config.mjs': 'console.log("Hello"); export default {};' });
    const other = await startAssistant(loud.path);
    const mistakes: unknown[] = [];
    other.client.onerror = (error) => mistakes.push(error);
    try {
      expect((await other.call('check', { text: 'select 1;' })).isError).toBe(false);
      expect([other.errors(), mistakes]).toEqual(['Hello\n', []]);
    } finally {
      await other.close();
      loud.remove();
    }
  });

  it('that knows no roots has the folder that the server is started in; a rule that crashes is an answer', async () => {
    mkdirSync(join(outside.path, 'migrations'), { recursive: true });
    const hook = `const has = Map.prototype.get; Map.prototype.get = function (key) {
      if (typeof key === 'string' && key.includes('crash_here')) throw new Error('boom'); return has.call(this, key); };`;
    const plain = await startAssistant(outside.path, {
      env: { NODE_OPTIONS: `--import=data:text/javascript,${encodeURIComponent(hook)}` },
    });
    try {
      const crashed = await plain.call('check', { text: 'create table crash_here (id int);' });
      expect([crashed.isError, crashed.text]).toEqual([true, expect.stringContaining('a bug of sql-lint: boom')]);
      const { data } = await plain.call<Checked>('check', { paths: ['secret.sql'] });
      expect(data.findings.map(({ rule }) => rule)).toContain('no-bare-create');
      expect((await plain.call('check', { paths: [project.path] })).text).toMatch(/outside/);
      expect(plain.errors()).toContain('boom');
    } finally {
      await plain.close();
    }
  });
});
