// Loaded before the command by check.js: counts the calls of the parser and the modules, and says so on exit.
import { writeFileSync } from 'node:fs';
import Module from 'node:module';

/** @type {any} */
const wasm = Reflect.get(globalThis, 'WebAssembly');
/** @type {any} */
const loader = Module;
const { Instance, Memory } = wasm;
let parses = 0;
let bytes = 0;

wasm.Instance = function (module, imports) {
  const { exports } = new Instance(module, imports);
  // Of all that libpg-query exports, only parsing takes a text: the function that check.js names.
  const name = /** @type {string} */ (process.env.SQL_LINT_BENCH_PARSE);
  const parse = exports[name];
  const memory = Object.values(exports).find((e) => e instanceof Memory);
  return {
    exports: {
      ...exports,
      [name]: (pointer) => {
        parses++;
        bytes += Buffer.from(memory.buffer).indexOf(0, pointer) - pointer;
        return parse(pointer);
      },
    },
  };
};

const modules = new Set();
const load = loader._load;
loader._load = function (name, ...rest) {
  modules.add(name);
  return load.call(this, name, ...rest);
};

process.on('exit', () =>
  writeFileSync(
    /** @type {string} */ (process.env.SQL_LINT_BENCH_COUNTS),
    JSON.stringify({ parses, bytes, modules: modules.size }),
  ),
);
