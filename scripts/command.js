// Bundles the command into files: what every run reads; what is imported with import(), which few runs need; and
// libraries that only one command needs.
import { build } from 'esbuild';
import { relative, resolve, sep } from 'node:path';

/** Imports of this name are read from the second file. */
const LATER = 'later:';
/** In the second file, modules of the first. */
const SHARED = 'shared';
/** In the second file, modules of a library that has a file of its own. */
const LIBRARY = 'library';

/** The libraries that have a file of their own, by its name: only one command needs them, and they are large. */
const LIBRARIES = {
  'language-server': ['vscode-languageserver/node', 'vscode-languageserver-textdocument'],
  diagrams: ['@dagrejs/dagre'],
  assistants: ['@modelcontextprotocol/server', '@modelcontextprotocol/server/stdio', 'zod'],
};
/** The file of each module of these. */
const fileOf = new Map(Object.entries(LIBRARIES).flatMap(([file, names]) => names.map((name) => [name, file])));

const nameOf = (path) => relative('.', path).split(sep).join('/');
const sourceOf = (name) => (/^(?:\.|src\/)/.test(name) ? resolve(name) : name);

/**
 * Has them read from their files.
 * @type {import('esbuild').Plugin}
 */
const separate = {
  name: 'separate',
  setup({ onResolve, onLoad }) {
    onResolve({ filter: /^[^.]/ }, ({ path }) => (fileOf.has(path) ? { path, namespace: LIBRARY } : undefined));
    onResolve({ filter: /./, namespace: LIBRARY }, ({ path }) => ({ path, external: true }));
    onLoad({ filter: /./, namespace: LIBRARY }, ({ path }) => ({
      contents: `module.exports = require('./${fileOf.get(path)}.cjs')[${JSON.stringify(path)}];`,
    }));
  },
};

/**
 * @param {import('esbuild').BuildOptions} options
 * @param {string[]} lines the entry point
 * @param {import('esbuild').Plugin[]} plugins
 */
async function bundleLines(options, lines, plugins = []) {
  const stdin = { contents: lines.join('\n'), resolveDir: '.' };
  const result = await build({ ...options, stdin, plugins, write: false, metafile: true });
  return { text: result.outputFiles[0].text, inputs: Object.keys(result.metafile.inputs) };
}

/**
 * The texts of the libraries that have a file of their own.
 * @param {import('esbuild').BuildOptions} options
 */
async function bundleLibraries(options) {
  const texts = Object.entries(LIBRARIES).map(async ([file, names]) => {
    const modules = names.map((name) => `${JSON.stringify(name)}: require(${JSON.stringify(name)})`);
    return [file, (await bundleLines(options, [`module.exports = { ${modules.join(', ')} };`])).text];
  });
  return Object.fromEntries(await Promise.all(texts));
}

/**
 * @param {import('esbuild').BuildOptions} options without the entry point
 * @param {string} entry
 * @returns {Promise<Record<string, string>>} the texts of `command.cjs`, of `later.cjs` and of the libraries
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
  const bundle = (lines, ...plugins) => bundleLines(options, lines, plugins);
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
  const later = await bundle(['export const modules = {', ...entries, '};'], separate, share);
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
    ...(await bundleLibraries(options)),
  };
}
