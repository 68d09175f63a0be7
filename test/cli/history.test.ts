/** `sql-lint history`: what the migrations have done to one object, under all its names. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createProject, type Project } from '../support/project.ts';

let project: Project;
beforeAll(() => {
  project = createProject({
    'migrations/1.sql': `create schema app;
create table todos (
  id int primary key,
  title text
);
create table people (id int primary key);
create view open_todos as select id from todos;
create table logs (id int);
create view recent_logs as select id from logs;
create function todos() returns int language sql as 'select 1';
`,
    'migrations/2.sql': `alter table todos add check (title <> '');
alter table todos rename to tasks;
create index on tasks (title);
alter table tasks set schema app;
comment on table app.tasks is 'What is to be done';
grant select on app.tasks to public;
insert into app.tasks values (1, 'x');
alter table people add column task int references app.tasks;
`,
    'migrations/3.sql': `alter table app.tasks enable row level security;
create policy own on app.tasks using (true);
do $$ begin
  alter table app.tasks add column due date;
end $$;
do $$ begin execute 'drop ' || 'table x'; end $$;
create publication feed for table logs;
alter publication feed add table app.tasks;
`,
    'migrations/4.sql': `drop table app.tasks cascade;
create table app.tasks (id int);
drop table logs cascade;
`,
  });
});
afterAll(() => project.remove());

const history = (...args: string[]) => project.lint('history', ...args);

describe('a table', () => {
  it.each([['tasks'], ['app.tasks'], ['todos', '--kind', 'table']])('is followed under its names: %s', (...args) => {
    const { stdout, stderr, status } = history(...args);
    expect({ stderr, status }).toEqual({ stderr: '', status: 0 });
    const steps = [...stdout.matchAll(/^(migrations\S+)$|^ +(\d+) {2}(.*?) {2,}\S/gm)].map(([, file, line, done]) =>
      file === undefined ? `${line!} ${done!}` : file,
    );
    const end = args[0] === 'todos' ? ['migrations/4.sql', '1 dropped'] : ['migrations/4.sql', '1 dropped', '2 made'];
    expect(steps).toEqual([
      'migrations/1.sql',
      '2 made',
      'migrations/2.sql',
      expect.stringMatching(/^1 constraint \S* made$/),
      '2 renamed to tasks',
      '3 index made',
      '4 moved to app',
      '5 comment on',
      '6 changed',
      '7 rows',
      'migrations/3.sql',
      '1 changed',
      '2 policy own made',
      '4 column due made',
      '8 added to publication feed',
      ...end,
    ]);
    expect(stdout).toContain('2 more only name it (--uses)');
    expect(stdout).toContain(
      'Of 1 statement, the text does not tell what is done; it may touch the object too:\n  migrations/3.sql:6',
    );
  });

  it('is shown in full, and with what only names it', () => {
    const { stdout } = history('app.tasks', '--full', '--uses');
    expect(stdout).toMatch(/\n +2 {2}made +create table todos \(\n {20,}id int primary key,\n/);
    expect(stdout).toMatch(/\n +7 {2}named +create view open_todos/);
    expect(stdout).toMatch(/\n +8 {2}named +alter table people add column task/);
  });
});

describe('other objects', () => {
  it('are dropped by CASCADE, which names none of them', () => {
    const { stdout } = history('recent_logs');
    expect(stdout).toMatch(
      /^view public\.recent_logs\n {2}2 statements in 2 migrations; it is gone after the last one\n/,
    );
    expect(stdout).toMatch(/migrations\/4\.sql\n {2}3 {2}dropped +drop table logs cascade/);
  });

  it('are columns, by the name of their table', () => {
    const { objects } = JSON.parse(history('tasks.due', '--format', 'json').stdout) as { objects: object[] };
    expect(objects).toEqual([
      {
        kind: 'column',
        name: 'due',
        of: 'tasks',
        dropped: true,
        statements: [
          expect.objectContaining({
            file: 'migrations/3.sql',
            line: 4,
            endLine: 4,
            statement: ['ALTER TABLE … ADD COLUMN'],
            does: [{ doing: 'makes', kind: 'column', name: 'due', part: false }],
            sql: 'alter table app.tasks add column due date',
          }),
          expect.objectContaining({ file: 'migrations/4.sql', line: 1 }),
        ],
      },
    ]);
  });

  it('are told apart by their kinds', () => {
    expect(history('todos').stdout.match(/^(?:table|function) \S+$/gm)).toEqual([
      'table app.tasks',
      'function public.todos',
    ]);
    expect(history('todos', '--kind', 'function').stdout).not.toContain('table app.tasks');
  });
});

it.each([
  [['taskz'], 'the migrations do nothing to an object called "taskz"; did you mean "tasks"?'],
  [['tasks', '--kind', 'view'], 'no view is called "tasks"; there is a table'],
  [['tasks', '--format', 'xml'], 'unknown format "xml"; there are text, json'],
  [[], 'history takes the name of an object, and perhaps a folder'],
])('%j', (args, message) => {
  expect(history(...args)).toEqual({ status: 2, stdout: '', stderr: `sql-lint: ${message}\n` });
});
