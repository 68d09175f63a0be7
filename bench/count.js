// Loaded before the command by check.js: counts the calls of the parser and the modules, and says so on exit.
import { writeFileSync } from 'node:fs';
import Module from 'node:module';

const { Instance } = WebAssembly;
let parses = 0;
let bytes = 0;

WebAssembly.Instance = function (module, imports) {
  const { exports } = new Instance(module, imports);
  // Of all that libpg-query exports, only parsing takes a text: the function that check.js names.
  const name = process.env.SQL_LINT_BENCH_PARSE;
  const parse = exports[name];
  const memory = Object.values(exports).find((e) => e instanceof WebAssembly.Memory);
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
const load = Module._load;
Module._load = function (name, ...rest) {
  modules.add(name);
  return load.call(this, name, ...rest);
};

process.on('exit', () =>
  writeFileSync(process.env.SQL_LINT_BENCH_COUNTS, JSON.stringify({ parses, bytes, modules: modules.size })),
);
