/* eslint-disable no-control-regex -- Colours of a terminal are control characters. */
/** Draws what the command prints in a terminal, for the README and the pages: SVG, made from the real output. */
import { escapeHtml } from '../../src/reporters/html/markup.ts';
import { createProject, type Project } from './project.ts';

/** A migration as many write them. */
const MIGRATION = `create type mood as enum ('sad', 'ok');

create table notes (seen_at timestampz, feeling mood);
create policy "own notes" on notes using (true);
alter table notes enable row level security;
`;
const FILE = 'supabase/migrations/20250307_realtime.sql';

/** A history that goes to and fro. */
const HISTORY = {
  'migrations/1_notes.sql': `create table notes (
  id bigint generated always as identity primary key,
  -- shown in lists
  title text not null,
  colour text
);
-- Everybody reads.
create policy readers on notes for select using (true);
create view titles as select id, title from notes;
`,
  'migrations/2_plans.sql': `alter table notes enable row level security;
alter table notes drop column colour;
create table plans (id int primary key, name text not null);
insert into plans values (1, 'Free'), (2, 'Team');
`,
  'migrations/3_words.sql': `drop view titles;
alter table notes rename column title to words;
alter table notes add column plan_id int references plans (id);
`,
};

/** The pictures by their names. They say nothing of how long something took. */
export const drawPictures = (): ReadonlyMap<string, string> => new Map([...drawMigration(), ...drawHistory()]);

/** What many files become in one, and the way back of the last one. */
function drawHistory(): ReadonlyMap<string, string> {
  const project = createProject(HISTORY);
  try {
    const back = terminal([say(project, 'down', 'migrations/3_words.sql')], WIDE);
    const squashed = terminal(
      [say(project, 'squash', 'migrations', '--out', 'one.sql'), show(project, 'one.sql')],
      WIDE,
    );
    return new Map([
      ['back.svg', back],
      ['squashed.svg', squashed],
    ]);
  } finally {
    project.remove();
  }
}

function drawMigration(): ReadonlyMap<string, string> {
  const project = createProject({ [FILE]: MIGRATION });
  try {
    const found = terminal([run(project)]);
    // Once it runs at all, it is the second run that fails.
    project.write(FILE, MIGRATION.replace('timestampz', 'timestamptz'));
    const proven = terminal([run(project, 'verify'), run(project, '--fix', '--quiet'), run(project, 'verify')]);
    return new Map([
      ['found.svg', found],
      ['proven.svg', proven],
    ]);
  } finally {
    project.remove();
  }
}

/** What is in a file. */
const show = (project: Project, path: string): string =>
  `\u001b[1m$ cat ${path}\u001b[22m\n${project.read(path).trimEnd()}`;

/** A command and what it prints. */
function run(project: Project, ...args: string[]): string {
  const { stdout } = project.lint(...args, '--color');
  const text = stdout.replace(/, in \d+\.\d s$/m, '').replace(/ (?:\u001b\[\d+m)*\d+\.\d s(?:\u001b\[\d+m)*$/gm, '');
  return prompted(args, text);
}

/** The same of a command that prints without colours: what came of it stands below. */
function say(project: Project, ...args: string[]): string {
  const { stdout, stderr } = project.lint(...args);
  return prompted(args, stderr === '' ? stdout : `${stdout}\n${stderr}`);
}

const prompted = (args: readonly string[], text: string): string =>
  `\u001b[1m$ npx sql-lint${args.map((arg) => ` ${arg}`).join('')}\u001b[22m\n${text.trimEnd()}`;

const COLUMNS = 96;
/** As wide as the headings of a squash. */
const WIDE = 120;
const [WIDTH, HEIGHT, SIZE, MARGIN, TOP] = [7.85, 19, 13, 20, 44] as const;
const COLORS: Readonly<Record<number, string>> = { 31: '#ff9488', 32: '#7fd6a0', 33: '#e6b450', 36: '#8fd0e6' };

interface Style {
  fill: string;
  isBold: boolean;
  isUnderlined: boolean;
}
const PLAIN: Style = { fill: '#e6e9ee', isBold: false, isUnderlined: false };
const DIM = '#a6afbb';

/** Some characters of a style. */
interface Run extends Style {
  text: string;
}

function styled(style: Style, code: number): Style {
  if (code === 0) return PLAIN;
  if (code === 1) return { ...style, isBold: true };
  if (code === 2) return { ...style, fill: DIM };
  if (code === 22) return { ...style, isBold: false, fill: style.fill === DIM ? PLAIN.fill : style.fill };
  if (code === 4 || code === 24) return { ...style, isUnderlined: code === 4 };
  return { ...style, fill: COLORS[code] ?? PLAIN.fill };
}

/** A line of output, cut where its colours change. */
function runsOf(line: string): Run[] {
  let style = PLAIN;
  return line.split(/(\u001b\[\d+m)/).flatMap((part): Run[] => {
    const code = /^\u001b\[(\d+)m$/.exec(part)?.[1];
    if (code !== undefined) style = styled(style, Number(code));
    return code === undefined && part !== '' ? [{ ...style, text: part }] : [];
  });
}

/** Lines that are no wider than the picture: words go on below the first one. */
function wrapped(runs: readonly Run[], columns: number): Run[][] {
  const whole = runs.map(({ text }) => text).join('');
  const indent = /^\s*(?:\d+:\d+\s+(?:error|warning)\s+)?/.exec(whole)![0].length;
  const lines: Run[][] = [[]];
  let at = 0;
  for (const { text, ...style } of runs)
    for (const word of text.split(/(?<= )(?=\S)/)) {
      if (at > indent && at + word.trimEnd().length > columns) {
        lines.push([{ ...PLAIN, text: ' '.repeat(indent) }]);
        at = indent;
      }
      lines.at(-1)!.push({ ...style, text: word });
      at += word.length;
    }
  return lines;
}

function spanOf({ text, fill, isBold, isUnderlined }: Run): string {
  const bold = isBold ? ' font-weight="700"' : '';
  const underline = isUnderlined ? ' text-decoration="underline"' : '';
  return `<tspan fill="${fill}"${bold}${underline}>${escapeHtml(text)}</tspan>`;
}

/** A terminal with commands and what they print, one below the other. */
function terminal(texts: readonly string[], columns = COLUMNS): string {
  const lines = texts
    .join('\n\n')
    .split('\n')
    .map(runsOf)
    .flatMap((runs) => wrapped(runs, columns));
  const width = Math.round(2 * MARGIN + columns * WIDTH);
  const height = TOP + lines.length * HEIGHT + MARGIN;
  const rows = lines.map(
    (runs, k) =>
      `<text x="${MARGIN}" y="${TOP + (k + 1) * HEIGHT - 5}" xml:space="preserve">${runs.map(spanOf).join('')}</text>`,
  );
  const said = texts.map((text) => text.replace(/\u001b\[\d+m/g, '')).join('\n\n');
  return `<!-- Generated by \`npm run pictures\`. -->
<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}" viewBox="0 0 ${width} ${height}" role="img" font-family="ui-monospace, SFMono-Regular, Menlo, Consolas, 'DejaVu Sans Mono', monospace" font-size="${SIZE}">
<title>${escapeHtml(said)}</title>
<rect width="${width}" height="${height}" rx="10" fill="#14171c"/>
<circle cx="22" cy="21" r="6" fill="#ff9488"/><circle cx="42" cy="21" r="6" fill="#e6b450"/><circle cx="62" cy="21" r="6" fill="#7fd6a0"/>
${rows.join('\n')}
</svg>
`;
}
