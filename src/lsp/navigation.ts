/** Where objects are made and used, over the migrations of a folder. */
import type { Location } from 'vscode-languageserver/node';
import { flatMap } from '../lists.ts';
import type { Mention, Places } from '../history/places.ts';
import { sheetOfFile, type Positions, type Sheet } from './documents.ts';

/** Finds the texts that locations are in. */
export class Atlas {
  private readonly sheets = new Map<string, Sheet>();
  private readonly textOf: (path: string) => string;
  private readonly positions: Positions;

  /** @param open the texts that are open */
  constructor(open: readonly Sheet[], textOf: (path: string) => string, positions: Positions) {
    for (const sheet of open) this.sheets.set(sheet.path, sheet);
    this.textOf = textOf;
    this.positions = positions;
  }

  sheetOf(path: string): Sheet {
    let sheet = this.sheets.get(path);
    if (!sheet) this.sheets.set(path, (sheet = sheetOfFile(path, this.textOf(path), this.positions)));
    return sheet;
  }

  locationOf(path: string, range: { start: number; end: number }): Location {
    const sheet = this.sheetOf(path);
    return { uri: sheet.uri, range: sheet.rangeOf(range) };
  }
}

/** Where the object is made that a name stands for; where nothing makes it, what comes first of it. */
export function definitionsOf(places: Places, path: string, offset: number, atlas: Atlas): Location[] {
  const all = places.at(path, offset).map((object) => places.of([object]).filter(({ names }) => names.length > 0));
  const made = flatMap(all, (mentions) => mentions.find(({ doing }) => doing === 'makes') ?? []);
  const found = made.length > 0 ? made : flatMap(all, (mentions) => mentions.slice(0, 1));
  return found.map((mention) => atlas.locationOf(mention.path, mention.names[0]!));
}

/** All places of an object, also under its other names. */
export function referencesOf(
  places: Places,
  path: string,
  offset: number,
  atlas: Atlas,
  withDefinitions: boolean,
): Location[] {
  const found = new Map<string, Location>();
  for (const { path: file, names, doing } of places.of(places.at(path, offset)))
    for (const name of doing === 'makes' && !withDefinitions ? names.slice(1) : names)
      found.set(`${file}:${name.start}`, atlas.locationOf(file, name));
  return [...found.values()];
}

/** What has become of an object until a statement. */
export function lineageOf(places: Places, { object, path, start }: Mention): Mention[] {
  const mentions = places.of([object]);
  const here = mentions.findIndex((mention) => mention.path === path && mention.start === start);
  return mentions.slice(0, here).filter(({ doing }) => doing !== 'uses' && doing !== 'writes rows');
}
