/** What is done to the site once VitePress has built it. */
import { createHash } from 'node:crypto';
import { readFileSync, readdirSync, writeFileSync } from 'node:fs';
import { join, posix, sep } from 'node:path';
import type { Site } from './pages.ts';

/** The pages of a folder by their paths. */
function readPages(folder: string): Map<string, string> {
  const names = readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter((name) => name.endsWith('.html'));
  return new Map(names.map((name) => [name.split(sep).join('/'), readFileSync(join(folder, name), 'utf8')]));
}

/**
 * Says what a page may load: nothing but what is beside it, and no script but those that were built into it.
 * @param withDatabase whether it runs WebAssembly, and an editor that brings its own styles
 */
export function policyOf(html: string, withDatabase: boolean): string {
  const scripts = [...html.matchAll(/<script(?![^>]*\ssrc=)[^>]*>([^]*?)<\/script>/g)].map(([, text]) => text!);
  const hashes = scripts.map((text) => `'sha256-${createHash('sha256').update(text).digest('base64')}'`);
  return [
    "default-src 'none'",
    ["script-src 'self'", ...(withDatabase ? ["'wasm-unsafe-eval'"] : []), ...new Set(hashes)].join(' '),
    `style-src 'self'${withDatabase ? " 'unsafe-inline'" : ''}`,
    "style-src-attr 'unsafe-inline'",
    "img-src 'self' data:",
    "font-src 'self'",
    "connect-src 'self'",
    "worker-src 'self'",
    "base-uri 'none'",
    "form-action 'none'",
  ].join('; ');
}

/** Links of pages that lead to nothing, and whatever a page would load from elsewhere. */
export function deadLinks(pages: ReadonlyMap<string, string>, files: ReadonlySet<string>, base: string): string[] {
  const anchors = new Map<string, Set<string>>();
  const anchorsOf = (path: string): Set<string> => {
    let found = anchors.get(path);
    if (!found) {
      found = new Set([...pages.get(path)!.matchAll(/\sid="([^"]*)"/g)].map(([, id]) => id!));
      anchors.set(path, found);
    }
    return found;
  };
  const dead: string[] = [];
  for (const [path, html] of pages) {
    for (const [, tag, url] of html.matchAll(/<(\w+)[^>]*?\s(?:href|src)="([^"]*)"/g)) {
      if (/^(?:[a-z]+:|\/\/)/.test(url!)) {
        if (tag !== 'a' && !url!.startsWith('data:')) dead.push(`${path} loads ${url!}`);
        continue;
      }
      const [file, anchor] = targetOf(url!, path, base);
      if (!files.has(file)) dead.push(`${path} links to ${url!}`);
      // What the playground has behind # is a migration.
      else if (anchor !== '' && file !== 'playground.html' && !anchorsOf(file).has(anchor))
        dead.push(`${path} links to ${url!}, which has no such heading`);
    }
  }
  return dead;
}

function targetOf(url: string, path: string, base: string): [file: string, anchor: string] {
  const [address, anchor = ''] = url.replaceAll('&amp;', '&').split('#', 2) as [string, string?];
  if (address === '') return [path, decodeURIComponent(anchor)];
  const whole = address.startsWith('/')
    ? posix.relative(base, address)
    : posix.normalize(posix.join(posix.dirname(path), address));
  const file = /(?:^|\/)$/.test(address) ? posix.join(whole, 'index.html') : whole;
  return [decodeURIComponent(file), decodeURIComponent(anchor)];
}

/** The list of pages for programs that read: https://llmstxt.org. */
function listOf({ menu }: Site, title: string, description: string): string {
  const lines = [`# ${title}`, '', `> ${description}`, ''];
  const add = (groups: Site['menu'], depth: number): void => {
    for (const { title: heading, pages, groups: below = [] } of groups) {
      if (depth === 2) lines.push(`## ${heading}`, '');
      lines.push(...pages.map((page) => `- [${page.title}](${page.path}.html): ${page.description}`));
      add(below, depth + 1);
      if (depth === 2) lines.push('');
    }
  };
  add(menu, 2);
  return `${lines.join('\n').trimEnd()}\n`;
}

/**
 * Gives each page its policy, writes `llms.txt`, and checks all links.
 * @throws Error that names the links that lead to nothing
 */
export function finish(folder: string, site: Site, base: string, title: string, description: string): void {
  const pages = readPages(folder);
  for (const [path, html] of pages) {
    const policy = policyOf(html, path === 'playground.html');
    const meta = `<meta http-equiv="Content-Security-Policy" content="${policy}">`;
    writeFileSync(join(folder, path), html.replace('<head>', `<head>\n    ${meta}`));
  }
  writeFileSync(join(folder, 'llms.txt'), listOf(site, title, description));
  const whole = site.pages.map(({ text, path }) => `<!-- ${path} -->\n\n${text.trim()}\n`);
  writeFileSync(join(folder, 'llms-full.txt'), whole.join('\n'));
  const files = new Set(
    readdirSync(folder, { recursive: true, encoding: 'utf8' }).map((name) => name.split(sep).join('/')),
  );
  const dead = deadLinks(pages, files, base);
  if (dead.length > 0) throw new Error(`${dead.length} dead links:\n${dead.join('\n')}`);
}
