#!/usr/bin/env node
/**
 * Starts the command from what V8 compiled of it in an earlier run: compiling it takes longer than to lint a migration.
 * What is compiled is kept beside the command, for this version of V8 and its flags. Where it cannot be written, or is
 * not accepted, the command is compiled anew. NODE_DISABLE_COMPILE_CACHE, Node.js's own switch for the like, leaves it
 * at that.
 */
import { readFileSync, statSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname } from 'node:path';
import { fileURLToPath } from 'node:url';
import { cachedDataVersionTag } from 'node:v8';
import { Script } from 'node:vm';
import type * as Command from './main.ts';
import { writeWhole } from './write-whole.ts';
import { tuneV8ForWorkload } from './tune-v8.ts';

/** The files that the command is made of; what else it asks for is a package, or import() itself. */
const OWN = /^\.\/(?!import\.)[\w-]+\.cjs$/;

// The flags that V8 has now are a part of what it compiles.
tuneV8ForWorkload(0);
const command = load('./command.cjs') as typeof Command;
void command.start(process.argv.slice(2));

/** Runs a file of the command. The first one asks for the others where it needs them. */
function load(name: string): unknown {
  const path = fileURLToPath(new URL(name, import.meta.url));
  const kept =
    process.env.NODE_DISABLE_COMPILE_CACHE === undefined
      ? `${path}.${Math.round(statSync(path).mtimeMs).toString(36)}.${cachedDataVersionTag().toString(36)}`
      : undefined;
  const compiled = kept === undefined ? undefined : readKept(kept);
  const script = new Script(
    `(function (exports, require, module, __filename, __dirname) {${readFileSync(path, 'latin1')}\n})`,
    { filename: path, ...(compiled && { cachedData: compiled }) },
  );
  const module = { exports: {} };
  const require = createRequire(path);
  (script.runInThisContext() as (...args: unknown[]) => void)(
    module.exports,
    (wanted: string) => (OWN.test(wanted) ? load(wanted) : (require(wanted) as unknown)),
    module,
    path,
    dirname(path),
  );
  if (kept !== undefined && (!compiled || script.cachedDataRejected))
    process.once('exit', () => keepCompiled(script, kept));
  return module.exports;
}

function readKept(file: string): Buffer | undefined {
  try {
    return readFileSync(file);
  } catch {
    return undefined;
  }
}

/** Keeps what the run has compiled; V8 itself checks little of what it is given. */
function keepCompiled(script: Script, file: string): void {
  if (!command.hasParsed()) return;
  tuneV8ForWorkload(0);
  writeWhole(file, () => script.createCachedData());
}
