// A data directory in one piece of memory, which threads share and a file can hold.

const DATA_DIRECTORY = '/pglite/data';

/**
 * @typedef {{ directories: string[], files: { path: string, start: number, end: number }[], bytes: Uint8Array }} Image
 */

/**
 * The data directory as it is in the file system; PostgreSQL has to write a checkpoint before.
 * @returns {Image}
 */
export function takeImage(FS) {
  const directories = [];
  const files = [];
  const collect = (path) => {
    for (const name of FS.readdir(path)) {
      if (name === '.' || name === '..') continue;
      const inner = `${path}/${name}`;
      if (FS.isDir(FS.stat(inner).mode)) {
        directories.push(inner);
        collect(inner);
      } else files.push({ path: inner, content: FS.readFile(inner) });
    }
  };
  collect(DATA_DIRECTORY);
  // A page has shared memory only where its server asks for isolation.
  const Memory = globalThis.SharedArrayBuffer ?? ArrayBuffer;
  const bytes = new Uint8Array(new Memory(files.reduce((sum, { content }) => sum + content.length, 0)));
  let end = 0;
  const index = files.map(({ path, content }) => {
    bytes.set(content, end);
    return { path, start: end, end: (end += content.length) };
  });
  return { directories, files: index, bytes };
}

/** @param {Image} image */
export function writeImage(FS, { directories, files, bytes }) {
  FS.mkdirTree(DATA_DIRECTORY);
  for (const directory of directories) FS.mkdir(directory);
  for (const { path, start, end } of files) {
    FS.writeFile(path, bytes.subarray(start, end), { canOwn: true });
    // It is everybody's: whoever writes to it makes a copy first.
    FS.lookupPath(path).node.isShared = true;
  }
}
