/** What `sql-lint down` needs to know of a project: where the way back of each migration lies, and how it is sent. */
import { relative } from 'node:path';
import { nodeDisk } from '../disk/node.ts';
import { placeOfWayBack, withWayBack } from '../project/back.ts';
import { Projects } from '../project/find.ts';
import { nextPath } from '../project/new.ts';
import { tools } from '../project/tools/index.ts';
import type { Direction, Project, WayBackPlace } from '../project/types.ts';
import type { Form, WayBackOptions } from '../schema/down/index.ts';
import type { MigrationFile } from '../verify/index.ts';
import { fixedText, type PlayedProject } from './playing.ts';

/** A migration, and where its way back lies. */
export interface WithPlace {
  file: MigrationFile;
  /** Its absolute path. */
  path: string;
  place: WayBackPlace;
  form: Form;
}

/** The migrations of a project that run forward once, in their order. */
export function placesOf({ live }: PlayedProject): WithPlace[] {
  const projects = new Projects(nodeDisk);
  return live.files.map((file, k) => {
    const path = live.paths[k]!;
    const place = placeOfWayBack(live.project, path);
    return { file, path, place, form: formOf(projects, live.project, path, place, file) };
  });
}

function formOf(projects: Projects, project: Project, path: string, place: WayBackPlace, file: MigrationFile): Form {
  const { tool } = project;
  const block = tool?.marks?.block;
  const runners = (at: string, direction: Direction) => (text: string) =>
    projects.runnersOf(project, { path: at, text, direction });
  const shown = (at: string) => relative(process.cwd(), at) || at;
  if ('file' in place)
    return {
      path: shown(place.file),
      kind: { tool, role: 'down' },
      direction: 'down',
      text: (sql) => sql,
      runners: runners(place.file, 'down'),
    };
  if ('section' in place)
    return {
      path: file.path,
      kind: file.kind ?? {},
      direction: 'down',
      block,
      text: (sql) => withWayBack(file.text, file.path, file.kind ?? {}, place.section, sql),
      runners: runners(path, 'down'),
    };
  const next = forwardPath(project, path);
  return {
    path: shown(next),
    kind: { tool, role: 'up' },
    direction: 'up',
    text: (sql) => sql,
    runners: runners(next, 'up'),
  };
}

/** The next migration of a project whose tool runs forward only. */
function forwardPath(project: Project, path: string): string {
  const { begins } = project.tool ?? tools.psql;
  if (typeof begins === 'string') return path.replace(/\.sql$/, '.undo.sql');
  const name = relative(project.site.folder, path)
    .replace(/(?:[/\\]\w+)?\.sql$/i, '')
    .replace(/^[VUvu]?\d[\d._-]*/, '')
    .replace(/^[_-]+/, '');
  return nextPath(project, begins, `undo_${name}`, new Date());
}

/** The line with which a tool begins what runs forward. */
function aboveOf({ tool }: Project): string | undefined {
  const { begins } = tool ?? tools.psql;
  return typeof begins === 'string' ? undefined : begins.frame?.above;
}

/** Statements as a migration of the project that runs forward. */
export function forwardText({ live }: PlayedProject, sql: string): string {
  const above = aboveOf(live.project);
  return sql === '' || above === undefined ? sql : `${above}\n${sql}`;
}

/** How ways back are composed and proven for a project. */
export function wayBackOptions({ live, options }: PlayedProject, places: readonly WithPlace[]): WayBackOptions {
  const forms = new Map(places.map(({ file, form }) => [file.path, form]));
  const above = aboveOf(live.project);
  return {
    ...options,
    formOf: ({ path }) => forms.get(path)!,
    // The tool of the marks is asked for what must stand around blocks.
    fix: async (sql) => {
      if (above === undefined) return fixedText(sql, undefined);
      const fixed = await fixedText(`${above}\n${sql}`, undefined);
      return fixed.slice(above.length + 1);
    },
  };
}
