/** Finds the project of a file, and the files of the project. */
import { basename, dirname, join, relative, resolve, sep } from 'node:path';
import { flatMap } from '../lists.ts';
import { remembering } from '../disk/disk.ts';
import { filesBelow, upwards } from './disk.ts';
import { byText } from './order.ts';
import { tools } from './tools/index.ts';
import { psql } from './tools/psql.ts';
import type { Disk, FileToSend, Project, ProjectFile, Role, Site, Tool, ToolChoice } from './types.ts';

/** Names under which tools keep one migration a folder (Prisma, diesel, Hasura). */
const ONE_A_FOLDER = /^(migration|up|down)\.sql$/i;
const IS_SQL = /\.sql$/i;
/** How many files of a folder are asked what they say of their tool: the first ones may say nothing. */
const SAMPLE = 8;

interface Found {
  tool: Tool | undefined;
  site: Site;
}

/** The projects of a disk. What was found once is kept as long as the object lives. */
export class Projects {
  private readonly disk: Disk;
  private readonly sites = new Map<string, readonly Found[]>();
  private readonly chosen = new Map<string, Found>();
  private readonly projects = new Map<string, Project>();

  constructor(disk: Disk) {
    this.disk = remembering(disk);
  }

  /**
   * The project that a file belongs to. The file needs not exist.
   * @param choice the tool that the configuration names
   */
  of(path: string, choice?: ToolChoice): Project {
    const found = this.find(resolve(path), choice);
    const key = `${choice?.name ?? ''}\n${found.site.folder}`;
    let project = this.projects.get(key);
    if (!project) this.projects.set(key, (project = this.read(found)));
    return project;
  }

  /** The projects whose configuration, or whose folder of migrations, lies right in a folder. */
  at(folder: string): readonly Project[] {
    return this.sitesAt(folder).map((found) => this.of(join(found.site.folder, 'x.sql')));
  }

  /**
   * Files in the order in which they run, project by project.
   * @param choiceOf the tool that the configuration names for a file
   */
  inOrder(paths: readonly string[], choiceOf: (path: string) => ToolChoice | undefined = () => undefined): string[] {
    const places = new Map<Project, Map<string, number>>();
    const keyed = paths.map((path) => {
      const project = this.of(path, choiceOf(path));
      let known = places.get(project);
      if (!known) places.set(project, (known = new Map(project.files.map((file, k) => [file.path, k]))));
      return { path, folder: project.site.folder, at: known.get(resolve(path)) ?? Infinity };
    });
    return keyed
      .sort((a, b) => byText(a.folder, b.folder) || (a.at === b.at ? byText(a.path, b.path) : a.at - b.at))
      .map(({ path }) => path);
  }

  /** The ways in which a file may be sent; one a statement and one as a whole where its tool is not known. */
  runnersOf(project: Project, file: FileToSend): ReturnType<Tool['runners']> {
    return (project.tool ?? unknownTool).runners(file, project.site, this.disk);
  }

  private find(path: string, choice: ToolChoice | undefined): Found {
    const named = choice && tools[choice.name];
    const options = choice && optionsOf(choice);
    for (const at of upwards(dirname(path), this.disk))
      for (const found of this.sitesAt(at))
        if ((!named || found.tool === named) && covers(found, path))
          return options ? { ...found, site: { ...found.site, ...options } } : found;
    const folder = usualFolder(path);
    if (named) return { tool: named, site: { root: dirname(folder), folder, ...options } };
    let guess = this.chosen.get(folder);
    if (!guess) this.chosen.set(folder, (guess = this.guess(folder)));
    return guess;
  }

  private sitesAt(folder: string): readonly Found[] {
    let known = this.sites.get(folder);
    if (!known) {
      known = flatMap(Object.values(tools), (tool): Found | [] => {
        const site = tool.find?.(folder, this.disk);
        return site ? { tool, site } : [];
      });
      this.sites.set(folder, known);
    }
    return known;
  }

  /** Goes by what the files say, and then by what they are called. */
  private guess(folder: string): Found {
    const texts = this.sample(folder);
    const all = Object.values(tools);
    const site = { root: dirname(folder), folder };
    const speaking = all.find(({ speaks }) => speaks && texts.some((text) => speaks.test(text)));
    if (speaking) return { tool: speaking, site };
    const named = all.find((tool) => tool.looksLike?.(folder, this.disk));
    if (!named?.deep) return { tool: named, site };
    let top = folder;
    while (named.looksLike?.(dirname(top), this.disk)) top = dirname(top);
    return { tool: named, site: { root: dirname(top), folder: top } };
  }

  private sample(folder: string): string[] {
    return this.sqlFiles(folder, false)
      .sort()
      .slice(0, SAMPLE)
      .map((path) => this.disk.head(join(folder, path)) ?? '');
  }

  /** The SQL files in a folder as its tool looks for them, with `/` between folders. */
  private sqlFiles(folder: string, deep: boolean): string[] {
    if (deep) return filesBelow(folder, this.disk).filter((path) => IS_SQL.test(path));
    const { files, folders } = this.disk.list(folder);
    return [
      ...[...files].filter((name) => IS_SQL.test(name) && !name.startsWith('.')),
      ...flatMap(folders, (name) =>
        [...this.disk.list(join(folder, name)).files]
          .filter((file) => ONE_A_FOLDER.test(file))
          .map((file) => `${name}/${file}`),
      ),
    ];
  }

  /** The SQL files outside of the folder of migrations of which the tool knows what they are. */
  private beside({ folder, beside }: Site): ProjectFile[] {
    return flatMap(beside?.folders ?? [], (other) =>
      flatMap(filesBelow(other, this.disk).sort(byText), (name): ProjectFile | [] => {
        const path = join(other, name);
        const role = IS_SQL.test(name) && !isIn(folder, path) ? beside!.roleOf(path) : undefined;
        return role ? { path, role } : [];
      }),
    );
  }

  private read({ tool, site }: Found): Project {
    const { roleOf, compare, listed, deep = false } = tool ?? unknownTool;
    const names = this.sqlFiles(site.folder, deep);
    const list = listed?.(site, this.disk);
    const places = list && new Map(list.map((name, k) => [name, k]));
    const own = names
      .map((name) => ({ name, role: listedRole(places, name, roleOf(name, site)) }))
      .sort(
        (a, b) =>
          RANK[a.role] - RANK[b.role] ||
          (places?.get(a.name) ?? Infinity) - (places?.get(b.name) ?? Infinity) ||
          compare(a.name, b.name, site),
      )
      .map(({ name, role }): ProjectFile => ({ path: join(site.folder, name), role }));
    const files = [...own, ...this.beside(site)].sort((a, b) => RANK[a.role] - RANK[b.role]);
    return {
      tool,
      site,
      files,
      roles: new Map(files.map(({ path, role }) => [path, role])),
      forward: files.filter(({ role }) => RUNS_FORWARD[role]).map(({ path }) => path),
    };
  }
}

/** The order of the files. */
const RANK: Record<Role, number> = { up: 0, down: 0, skipped: 0, repeatable: 1, seed: 2, other: 3 };
const RUNS_FORWARD: Record<Role, boolean> = {
  up: true,
  repeatable: true,
  seed: true,
  down: false,
  skipped: false,
  other: false,
};

/** A file that a journal or a plan does not name never runs. */
const listedRole = (places: ReadonlyMap<string, number> | undefined, name: string, role: Role): Role =>
  places && role === 'up' && !places.has(name) ? 'skipped' : role;

/** For files of which nothing tells the tool: by version, sent one way or the other. */
const unknownTool: Pick<Tool, 'roleOf' | 'compare' | 'runners' | 'listed' | 'deep'> = {
  roleOf: psql.roleOf,
  compare: psql.compare,
  runners: (file, site, disk) => [
    ...psql.runners(file, site, disk),
    { tool: 'psql', sending: 'simple', cut: 'whole', transaction: 'none' },
  ],
};

/**
 * How many of a project's files run before one.
 * @param path a file of the project, or one that does not exist yet
 */
export function positionIn(project: Project, path: string): number {
  const { tool, site, roles, forward } = project;
  const at = forward.indexOf(path);
  if (at >= 0) return at;
  const role = roleIn(project, path);
  if (role === 'other' || !isIn(site.folder, path)) return forward.length;
  const name = nameIn(site, path);
  const { compare } = tool ?? unknownTool;
  return forward.filter((file) => {
    const rank = RANK[roles.get(file) ?? 'up'] - RANK[role];
    return rank < 0 || (rank === 0 && compare(nameIn(site, file), name, site) < 0);
  }).length;
}

/**
 * What a file is in its project.
 * @param path a file of the project, or one that does not exist yet
 */
export function roleIn({ tool, site, roles }: Project, path: string): Role {
  const known = roles.get(path);
  if (known) return known;
  return isIn(site.folder, path)
    ? (tool ?? unknownTool).roleOf(nameIn(site, path), site)
    : (site.beside?.roleOf(path) ?? 'up');
}

/** The path of a file below the folder of the migrations, with `/` between folders. */
export const nameIn = ({ folder }: Site, path: string): string => relative(folder, path).split(sep).join('/');
/** Whether a path lies below a folder. */
export const isIn = (folder: string, path: string): boolean =>
  path.startsWith(folder.endsWith(sep) ? folder : folder + sep);

/**
 * Whether a file belongs to a project. What lies in folders into which the tool does not look is a matter of its own.
 */
function covers({ tool, site }: Found, path: string): boolean {
  const { folder, beside } = site;
  if (!isIn(folder, path)) return beside?.roleOf(path) !== undefined;
  return (tool?.deep ?? false) || usualFolder(path) === folder || dirname(path) === folder;
}

/** The folder of a file's migrations where nothing else tells. */
const usualFolder = (path: string): string =>
  ONE_A_FOLDER.test(basename(path)) ? dirname(dirname(path)) : dirname(path);

function optionsOf({ version, multiStatement }: ToolChoice): Partial<Site> {
  return {
    ...(version !== undefined && { version: version.split('.').map(Number) }),
    ...(multiStatement !== undefined && { switches: multiStatement ? ['x-multi-statement'] : [] }),
  };
}
