/**
 * The lines of a dump that say nothing of the database: headings, and settings of the session that would restore it.
 */
const NOISE =
  /^(--$|-- (Name|Data for Name|TOC entry|Dumped|PostgreSQL database dump)\b|\\(un)?restrict\b|SELECT pg_catalog\.(setval|set_config)\(|SET default_table(space|_access_method) = |$)/;

/**
 * Leaves of a dump what a state consists of. The rows of a table are sorted, because an UPDATE moves them. The values
 * of sequences go: an INSERT that finds its row already there still draws a number.
 */
export function normalizeDump(dump: string): string {
  const out: string[] = [];
  let rows: string[] = [];
  for (const { line, table } of entries(dump)) {
    if (table !== undefined) rows.push(line);
    else if (!NOISE.test(line)) {
      out.push(...rows.sort(), line);
      rows = [];
    }
  }
  return [...out, ...rows.sort()].join('\n');
}

/** The table that a row goes into. */
const INTO = /^INSERT INTO ((?:"(?:[^"]|"")*"|[^\s".])+(?:\.(?:"(?:[^"]|"")*"|[^\s".])+)*|.*)/;

/** The lines of a dump; a row whose values go over several lines is one entry. */
function* entries(dump: string): Generator<{ line: string; table?: string }> {
  let row: string | undefined;
  for (const line of dump.split('\n')) {
    if (row === undefined && !line.startsWith('INSERT INTO ')) {
      yield { line };
      continue;
    }
    row = row === undefined ? line : `${row}\n${line}`;
    const table = INTO.exec(row)![1]!;
    // A line may end as a row does in the middle of a string; the name of the table may have quotes of its own.
    if (!line.endsWith(';') || (row.slice('INSERT INTO '.length + table.length).split("'").length - 1) % 2 === 1)
      continue;
    yield { line: row, table };
    row = undefined;
  }
  if (row !== undefined) yield { line: row };
}

/** What changed from one state to another, as a unified diff without its file header; empty where nothing did. */
export async function diffStates(before: string, after: string): Promise<string> {
  if (before === after) return '';
  // Only a run that finds something loads it.
  const { createTwoFilesPatch } = await import('diff');
  return createTwoFilesPatch('before', 'after', `${before}\n`, `${after}\n`, '', '', { context: 2 })
    .split('\n')
    .slice(3)
    .join('\n')
    .trimEnd();
}
