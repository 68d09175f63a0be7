/** Files that somebody drops onto the page, or chooses. They stay on the page. */
import type { PlayFile } from './link.ts';

/** What the engine reads: migrations, and what tells the tool that runs them. */
const READ = /\.(?:sql|json|toml|ya?ml|hcl|conf|mod|sum|xml|plan)$/i;
const PASSED_OVER = /(?:^|\/)(?:node_modules|\.git|dist|target)\//;
const MOST_FILES = 4000;
const MOST_BYTES = 5_000_000;

const isRead = (path: string, bytes: number): boolean =>
  READ.test(path) && !PASSED_OVER.test(path) && bytes <= MOST_BYTES && !/(?:^|\/)package-lock\.json$/.test(path);

/** The files of an input that takes a folder. */
export async function chosenFiles(list: FileList): Promise<PlayFile[]> {
  const files = [...list].map((file) => ({ path: file.webkitRelativePath || file.name, file }));
  return read(files.filter(({ path, file }) => isRead(path, file.size)));
}

/** The files that were dropped, with those of the folders among them. */
export async function droppedFiles({ items }: DataTransfer): Promise<PlayFile[]> {
  // The list is empty after the first wait.
  const entries = [...items].map((item) => item.webkitGetAsEntry()).filter((entry) => entry !== null);
  const found: { path: string; file: File }[] = [];
  for (const entry of entries) await collect(entry, found);
  return read(found);
}

async function collect(entry: FileSystemEntry, found: { path: string; file: File }[]): Promise<void> {
  const path = entry.fullPath.replace(/^\//, '');
  if (found.length >= MOST_FILES || PASSED_OVER.test(`${path}/`)) return;
  if (entry.isFile) {
    const file = await new Promise<File>((resolve, reject) => {
      (entry as FileSystemFileEntry).file(resolve, reject);
    });
    if (isRead(path, file.size)) found.push({ path, file });
    return;
  }
  const reader = (entry as FileSystemDirectoryEntry).createReader();
  for (;;) {
    // It answers a hundred at a time.
    const some = await new Promise<FileSystemEntry[]>((resolve, reject) => {
      reader.readEntries(resolve, reject);
    });
    if (some.length === 0) return;
    for (const inner of some) await collect(inner, found);
  }
}

async function read(found: readonly { path: string; file: File }[]): Promise<PlayFile[]> {
  const files = await Promise.all(found.map(async ({ path, file }) => ({ name: path, text: await file.text() })));
  return files.sort((a, b) => (a.name < b.name ? -1 : 1));
}
