/** Finds the server: what the settings name, what the project has, or what the extension brings. */
import { existsSync, readFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { dirname, isAbsolute, join, resolve } from 'node:path';

const PACKAGE = 'idempotent-sql-lint';

/** A server that can be started. */
export interface Found {
  /** A script for Node.js, or a program. */
  kind: 'script' | 'program';
  path: string;
  from: 'settings' | 'project' | 'extension';
  version: string | undefined;
  /** What else there is to say of the choice. */
  note?: string;
}

/**
 * @param setting what the settings say; empty where they say nothing
 * @param folders the folders that are open
 * @param brought the folder of the server that the extension brings
 * @throws Error where the settings name what is not there
 */
export function findServer(setting: string, folders: readonly string[], brought: string): Found {
  if (setting !== '') return fromSettings(setting, folders);
  const installed = folders.map(installedFor).find((found) => found !== undefined);
  const own: Found = { kind: 'script', path: scriptIn(brought), from: 'extension', version: versionOf(brought) };
  if (installed === undefined) return own;
  const version = versionOf(installed);
  // Versions of before have no language server.
  if (existsSync(join(installed, 'dist', 'language-server.cjs')))
    return { kind: 'script', path: scriptIn(installed), from: 'project', version };
  return { ...own, note: `${installed} has no language server (version ${version ?? 'unknown'})` };
}

function fromSettings(setting: string, folders: readonly string[]): Found {
  const name = setting.replace(/^~(?=[/\\])/, homedir());
  const places = isAbsolute(name) ? [name] : folders.map((folder) => resolve(folder, name));
  const path = places.find((place) => existsSync(place));
  if (path === undefined) throw new Error(`sql-lint.path is ${setting}, and there is no such file`);
  const from = 'settings';
  if (/\.[cm]?js$/.test(path)) return { kind: 'script', path, from, version: versionOf(dirname(dirname(path))) };
  // The folder of a package will do.
  if (existsSync(scriptIn(path))) return { kind: 'script', path: scriptIn(path), from, version: versionOf(path) };
  return { kind: 'program', path, from, version: undefined };
}

const scriptIn = (folder: string): string => join(folder, 'dist', 'cli.js');

/** The package as Node.js would find it from a folder: in node_modules there, or in a folder above. */
function installedFor(folder: string): string | undefined {
  for (let at = folder; ; at = dirname(at)) {
    const found = join(at, 'node_modules', PACKAGE);
    if (existsSync(scriptIn(found))) return found;
    if (at === dirname(at)) return undefined;
  }
}

function versionOf(folder: string): string | undefined {
  try {
    const { version } = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8')) as { version?: unknown };
    return typeof version === 'string' ? version : undefined;
  } catch {
    return undefined;
  }
}

/** What the output says of it. */
export function described({ path, from, version, note }: Found): string {
  const whose = {
    settings: 'named in the settings',
    project: 'of the project',
    extension: 'that the extension brings',
  };
  const said = `The server ${whose[from]}${version === undefined ? '' : `, version ${version}`}: ${path}`;
  return note === undefined ? said : `${note}.\n${said}`;
}
