// Bundles the command into two files: what every run reads, and what is imported with import(), which few runs need.
import { build } from 'esbuild';
import { relative, resolve, sep } from 'node:path';

/** Imports of this name are read from the second file. */
const LATER = 'later:';
/** In the second file, modules of the first. */
const SHARED = 'shared';

const nameOf = (path) => relative('.', path).split(sep).join('/');
const sourceOf = (name) => (/^(?:\.|src\/)/.test(name) ? resolve(name) : name);

/**
 * @param {import('esbuild').BuildOptions} options without the entry point
 * @param {string} entry
 * @returns {Promise<{ command: string, later: string }>} the texts of `command.cjs` and of `later.cjs`
 */
export async function bundleCommand(options, entry) {
  const external = options.external ?? [];
  const isExternal = (path) => external.some((name) => path.startsWith(name.replace(/\*$/, '')));
  /** What is imported with import(), by the name under which it is asked for. */
  const postponed = new Set();
  /** @type {import('esbuild').Plugin} */
  const postpone = {
    name: 'postpone',
    setup({ onResolve }) {
      onResolve({ filter: /./ }, ({ path, kind, resolveDir }) => {
        if (kind !== 'dynamic-import' || path.startsWith('node:') || isExternal(path)) return undefined;
        const name = path.startsWith('.') ? nameOf(resolve(resolveDir, path)) : path;
        postponed.add(name);
        return { path: `${LATER}${name}`, external: true };
      });
    },
  };
  const bundle = async (lines, plugin) => {
    const stdin = { contents: lines.join('\n'), resolveDir: '.' };
    const result = await build({ ...options, stdin, plugins: [plugin], write: false, metafile: true });
    return { text: result.outputFiles[0].text, inputs: Object.keys(result.metafile.inputs) };
  };
  const importOf = (name) => JSON.stringify(sourceOf(name));

  const first = await bundle([`export * from ${importOf(entry)}`], postpone);
  // Not what has a default export, such as the text of an SQL file: it would be the module itself on the other side.
  const own = new Set(first.inputs.filter((name) => /^src\/.*\.[jt]s$/.test(name)));
  const shared = new Set();
  /** @type {import('esbuild').Plugin} */
  const share = {
    name: 'share',
    setup({ onResolve, onLoad }) {
      onResolve({ filter: /^\./ }, ({ path, resolveDir }) => {
        const name = nameOf(resolve(resolveDir, path));
        return own.has(name) ? { path: name, namespace: SHARED } : undefined;
      });
      onLoad({ filter: /./, namespace: SHARED }, ({ path }) => {
        shared.add(path);
        return { contents: `module.exports = __shared[${JSON.stringify(path)}];` };
      });
    },
  };
  const entries = [...postponed].map((name) => `${JSON.stringify(name)}: () => import(${importOf(name)}),`);
  const later = await bundle(['export const modules = {', ...entries, '};'], share);
  const command = await bundle(
    [
      `export * from ${importOf(entry)};`,
      ...[...shared].map((name, k) => `import * as shared${k} from ${importOf(name)};`),
      `export const shared = { ${[...shared].map((name, k) => `${JSON.stringify(name)}: shared${k}`).join(', ')} };`,
    ],
    postpone,
  );
  const imports = (text) => text.replaceAll(/(?<![.\w])import\(/g, '__import(');
  return {
    command:
      `const __import = (name) => name.startsWith(${JSON.stringify(LATER)}) ? ` +
      `__later().modules[name.slice(${LATER.length})]() : require('./import.cjs')(name);` +
      // Two files are one program: what both need is in the first, and is there once.
      `let __kept; const __later = () => (__kept ??= require('./later.cjs')(module.exports.shared));` +
      imports(command.text),
    later:
      `module.exports = (__shared) => { const module = { exports: {} };` +
      `const __import = (name) => require('./import.cjs')(name);${imports(later.text)}\nreturn module.exports; };\n`,
  };
}
