/** Writes the pages where VitePress reads them. */
import { copyFileSync, existsSync, mkdirSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { stringify } from 'yaml';
import type { Site } from './pages.ts';

/**
 * Writes the pages of the site and their pictures, and takes away what is no longer there.
 * @param folder that holds nothing else
 */
export function writePages({ pages, pictures }: Site, folder: string): void {
  const left = new Set(existsSync(folder) ? readdirSync(folder, { recursive: true, encoding: 'utf8' }) : []);
  const place = (path: string): string => {
    left.delete(path);
    for (let above = dirname(path); above !== '.'; above = dirname(above)) left.delete(above);
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    return join(folder, path);
  };
  const put = (path: string, text: string): void => {
    const file = place(path);
    // A file that stays as it is does not make a server load its page again.
    if (!existsSync(file) || readFileSync(file, 'utf8') !== text) writeFileSync(file, text);
  };
  for (const { path, title, description, text, frontmatter } of pages)
    put(`${path}.md`, `---\n${stringify({ title, description, ...frontmatter })}---\n\n${text.trim()}\n`);
  for (const name of readdirSync('website').filter((file) => file.endsWith('.md')))
    put(name, readFileSync(join('website', name), 'utf8'));
  for (const [to, from] of pictures) copyFileSync(from, place(to));
  copyFileSync('editors/vscode/media/icon.png', place('public/icon.png'));
  for (const path of left) rmSync(join(folder, path), { recursive: true, force: true });
}
