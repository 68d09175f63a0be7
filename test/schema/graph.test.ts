/** The schema that migrations lead to, as Mermaid and as a picture: with what is hard to draw, and with hostile names. */
import { cpSync, readFileSync, writeFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { validateXML } from 'xmllint-wasm';
import { createProject, type Project } from '../support/project.ts';

vi.setConfig({ testTimeout: 120_000, hookTimeout: 120_000 });

const HARD = `
create schema "My ""App""; <b>";
create table "My ""App""; <b>"."<script>alert(1)</script> & co" ("the id" int primary key, "pk" int not null,
  "ünïcode 表" text, "a	tab" numeric(10,2)[], "direction LR" int, "%%{init: x}%%" int, "\`tick*_\\" varchar(20));
create table direction (title int, "class" int, "end" int, primary key (title, "class"));
create table "one" (id int primary key, "to" int references "one", a int, b int,
  constraint "by two" foreign key (a, b) references direction (title, "class"));
create table self (id int primary key, parent int not null unique references self, "direction TB" int references self);
create table a (id int primary key, b int);
create table b (id int primary key, a int not null references a, n int, m int, unique (n, m));
alter table a add foreign key (b) references b;
create table events (id bigint, at timestamptz not null, a int references a, primary key (id, at)) partition by range (at);
create table events_1 partition of events for values from ('2020-01-01') to ('2021-01-01') partition by list (id);
create table events_1_1 partition of events_1 for values in (1);
create table child () inherits (self);
create type "mo od" as enum ('it''s "fine"', 'b\\c', '</style>');
create table moods (m "mo od");
create view v with (security_invoker = true) as select s.id, count(*), m.m as "x y" from self s, moods m group by 1, 3
  union select 1, 2, null;
create table "empty" ();
create table "a_b" (id int);
create table "a b" (id int);
create table "\u0001ctl\u202e" (id int);
comment on table "a b" is 'A "comment" --> with <x>';
alter table events enable row level security;
alter table events force row level security;
create policy p on events using (true);
create policy q on moods using (true);
`;
/** The second statement needs what the first one does not make here. */
const NOT_HERE = `create extension postgis;
create table places (at geometry);
`;

/**
 * What Mermaid 10 and 11 read of an entity relationship diagram (`erDiagram.jison`). Whoever changes what is written
 * holds it against the parser itself: `mermaid.parse`.
 */
const LINE = new RegExp(
  [
    // Between quotes, neither % nor \\ may stand, nor a quote.
    String.raw`  \w+\["(?<title>[^"%\\]+)"\](?: \{)?`,
    // Types and names are words; a name that begins with PK, FK or UK would be a key.
    String.raw`    (?![PFU]K\b)[A-Za-z_][\w()[\]-]* (?![PFU]K\b)[A-Za-z_][\w()[\]-]*(?: (?:PK|FK|UK)(?:, (?:FK|UK))*)?(?: "[^"]*")?`,
    String.raw`  \}`,
    String.raw`  \w+ (?:\|\||\|o)(?:--|\.\.)o[|{] \w+ : "[^"%\\]+"`,
  ]
    .map((line) => `^${line}$`)
    .join('|'),
  'i',
);

let project: Project;
let mermaid: string;
let svg: string;
beforeAll(() => {
  project = createProject({ 'migrations/1.sql': HARD, 'migrations/2.sql': NOT_HERE });
  const ran = project.lint('graph', '--format', 'mermaid');
  expect(ran.status).toBe(0);
  mermaid = ran.stdout;
  expect(project.lint('graph', '--out', 'docs/schema.svg').stdout).toBe('docs/schema.svg was written\n');
  svg = project.read('docs/schema.svg');
});
afterAll(() => project.remove());

describe('a diagram for Mermaid', () => {
  it('is what its parser reads, whatever things are called', () => {
    const lines = mermaid.trimEnd().split('\n');
    const begin = lines.indexOf('erDiagram');
    expect(lines.slice(0, begin).every((line) => line.startsWith('%% '))).toBe(true);
    const strange = lines.slice(begin + 1).filter((line) => !LINE.test(line));
    expect(strange).toEqual([]);
    // Wherever they stand in a line, these are the direction of the whole diagram.
    expect(mermaid).not.toMatch(/direction\s+(?:TB|BT|RL|LR)/i);
    const ids = [...mermaid.matchAll(/^ {2}(\w+)\[/gm)].map(([, id]) => id!.toLowerCase());
    expect(new Set(ids).size).toBe(ids.length);
    expect(ids.filter((id) => /^(?:one|direction|class|to|end|style)$/.test(id))).toEqual([]);
  });

  it('has what PostgreSQL has', () => {
    expect(mermaid).toContain('partitioned by RANGE (at), 2 partitions, RLS forced, 1 policy"]');
    expect(mermaid).toContain('public.moods, RLS off, 1 policy"]');
    expect(mermaid).toContain(
      'public.v, view of the invoker"] {\n    column id\n    column count\n    column x_y "x y"\n  }',
    );
    expect(mermaid).toContain('    integer parent FK, UK "not null"\n');
    expect(mermaid).toContain('    integer n\n    integer m\n');
    expect(mermaid).toContain('    value it_s_fine_ "it\'s #quot;fine#quot;"\n');
    for (const line of [
      't_direction |o--o{ t_one : "a, b"',
      't_one |o--o{ t_one : "to"',
      'self ||--o| self : "parent"',
      'a ||--o{ b : "a"',
      'b |o--o{ a : "b"',
      'a |o--o{ events : "a"',
      'self ||..o{ child : "is inherited by"',
      'moods ||..o{ v : "is read by"',
    ])
      expect(mermaid).toContain(`\n  ${line}\n`);
    expect(mermaid).not.toContain('events_1');
  });

  it('says what could not be played', () => {
    expect(mermaid).toMatch(/^%% not drawn, although the migrations make them: public\.places\n/);
    expect(mermaid).toMatch(
      /^%% migrations\/2\.sql:1 does not run on the embedded PostgreSQL: it needs the extension postgis/m,
    );
  });
});

describe('a picture', () => {
  it('is XML, and has neither scripts nor anything from elsewhere', async () => {
    expect((await validateXML({ xml: svg, normalization: 'c14n' })).errors).toEqual([]);
    expect(svg).not.toMatch(/<script|<foreignObject|<image|@import|@font-face|url\(|\son\w+=/i);
    expect(svg.replace('xmlns="http://www.w3.org/2000/svg"', '')).not.toMatch(/https?:/);
    expect(svg).toMatch(/role="img" aria-labelledby="graph-title graph-desc">\n<title id="graph-title">/);
    expect(svg).toContain('prefers-color-scheme:dark');
    expect(svg).toContain('&lt;script&gt;alert(1)&lt;/script&gt; &amp; co');
    expect(svg).toContain('A &quot;comment&quot; --&gt; with &lt;x&gt;');
    // eslint-disable-next-line no-control-regex
    expect(svg).not.toMatch(/[\u0001\u202e]/);
  });

  it('has no cards that cover one another', () => {
    const cards = [
      ...svg.matchAll(/class="card[^>]* transform="translate\((\S+) (\S+)\)">[^]*?width="(\S+)" height="(\S+)"/g),
    ].map(([, ...numbers]) => numbers.map(Number) as [number, number, number, number]);
    expect(cards.length).toBe(15);
    for (const [k, [x, y, width, height]] of cards.entries())
      for (const [left, top, wide, high] of cards.slice(k + 1))
        expect(x + width <= left || left + wide <= x || y + height <= top || top + high <= y).toBe(true);
  });

  it('shows row level security', () => {
    expect(svg).toContain('>RLS forced · 1 policy · 2 partitions by RANGE (at)</text>');
    expect(svg).toContain('>RLS off · 1 policy</text>');
  });
});

describe('what is drawn', () => {
  it('is less where somebody says so', () => {
    const one = project.lint('graph', '--table', 'public.one', '--keys-only').stdout;
    expect(one.slice(one.indexOf('erDiagram'))).toBe(
      [
        'erDiagram',
        '  t_direction["direction, not drawn in full"] {\n    integer title PK\n    integer class PK\n  }',
        '  t_one["one"] {\n    integer id PK\n    integer to FK\n    integer a FK\n    integer b FK\n  }',
        '  t_direction |o--o{ t_one : "a, b"',
        '  t_one |o--o{ t_one : "to"',
        '',
      ].join('\n'),
    );
  });

  it.each([
    [['--table', 'moodz'], 'the migrations make no table or view "moodz"; did you mean "moods"?'],
    [['--format', 'png'], 'unknown format "png"; there are mermaid, svg'],
  ])('%j', (args, message) => {
    expect(project.lint('graph', ...args)).toEqual({ status: 2, stdout: '', stderr: `sql-lint: ${message}\n` });
  });
});

/** Writes the page and its picture anew with `UPDATE_FIXTURES=1`. */
describe('the page', () => {
  const update = Boolean(process.env.UPDATE_FIXTURES);
  const example = createProject();
  cpSync(resolve('examples/supabase'), example.path, { recursive: true });
  afterAll(() => example.remove());

  it('has the picture of the example', () => {
    example.lint('graph', '--out', 'graph.svg');
    if (update) writeFileSync('docs/graph.svg', example.read('graph.svg'));
    expect(readFileSync('docs/graph.svg', 'utf8')).toBe(example.read('graph.svg'));
  });

  it.each([
    ['mermaid', 'mermaid', ['graph', '--table', 'tasks', '--table', 'task_labels']],
    ['history', 'console', ['history', 'attachments']],
  ] as const)('has what is printed: %s', (name, language, args) => {
    const { stdout } = example.lint(...args);
    const prompt = language === 'console' ? `$ npx sql-lint ${args.join(' ')}\n` : '';
    const block = `<!-- begin: ${name} -->\n\n\`\`\`${language}\n${prompt}${stdout.trimEnd()}\n\`\`\`\n\n<!-- end: ${name} -->`;
    const page = readFileSync('docs/graph.md', 'utf8');
    const part = new RegExp(`<!-- begin: ${name} -->[^]*<!-- end: ${name} -->`);
    if (update)
      writeFileSync(
        'docs/graph.md',
        page.replace(part, () => block),
      );
    else expect(part.exec(page)?.[0]).toBe(block);
  });
});
