/** The entries of a folder, by name. */
export interface Listing {
  files: ReadonlySet<string>;
  folders: ReadonlySet<string>;
}

/** Size and time of a file: if they are the same, the content is taken to be the same. */
export interface FileStat {
  bytes: number;
  /** In milliseconds since 1970. */
  modified: number;
}

/** The source of files. Where there is no file system, as in a browser, it can be made from texts. */
export interface Disk {
  /** What lies in a folder; nothing where it cannot be read. */
  list(folder: string): Listing;
  /** Undefined where there is no such file. */
  stat(path: string): FileStat | undefined;
  /** The beginning of a file, which is all that most questions need; undefined where it cannot be read. */
  head(path: string): string | undefined;
  /** The text of a file without a byte order mark; undefined where it cannot be read. */
  read(path: string): string | undefined;
}

/** A disk that looks at a folder and at the beginning of a file only once, as long as the object lives. */
export function remembering(disk: Disk): Disk {
  const listings = new Map<string, Listing>();
  const heads = new Map<string, string | undefined>();
  return {
    list(folder) {
      let known = listings.get(folder);
      if (!known) listings.set(folder, (known = disk.list(folder)));
      return known;
    },
    head(path) {
      if (!heads.has(path)) heads.set(path, disk.head(path));
      return heads.get(path);
    },
    stat: (path) => disk.stat(path),
    read: (path) => disk.read(path),
  };
}
