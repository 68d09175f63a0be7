import { setFlagsFromString } from 'node:v8';

/** From how many bytes of SQL on it pays to have V8 optimise the parser, and JavaScript as early as it likes. */
const WORTH_OPTIMISING = { parser: 400_000, early: 8_000_000 };

/**
 * Tells V8 how much there is to do, so that it does not compile for longer than that takes. It holds for all of the
 * process, and for WebAssembly that is compiled from now on.
 *
 * Little SQL is parsed before the parser is optimised, for which the process would wait before it exits. The budget is
 * counted in bytes of code that is run through, of which PostgreSQL's lexer and grammar have so many that about 20 KB
 * of SQL take up even the largest that V8 can count. And linting is flat: of many functions that run about as often as
 * each other most are optimised, and then again when they have seen more kinds of statements, for runs that end a
 * moment later. Later versions of V8 than that of Node.js 20 decide by other means.
 * @param bytes how much SQL is read, about
 */
export function expect(bytes: number): void {
  setFlagsFromString(`--wasm-tiering-budget=${bytes < WORTH_OPTIMISING.parser ? 2_000_000_000 : 1_800_000}`);
  if (process.versions.v8.startsWith('11.'))
    setFlagsFromString(`--interrupt-budget=${bytes < WORTH_OPTIMISING.early ? 400_000 : 67_584}`);
}
