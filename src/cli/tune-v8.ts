import { setFlagsFromString } from 'node:v8';

/** The bytes of SQL from which on V8 may optimise the parser, and JavaScript as early as it does by default. */
const WORTH_OPTIMISING = { parser: 400_000, early: 8_000_000 };

/**
 * Delays V8's optimisations for a short run: compiling would take longer than the work. This is for the whole process,
 * and for WebAssembly that is compiled afterwards.
 *
 * The process waits for the optimisation of WebAssembly before it exits. The budget is counted in bytes of code that
 * are executed: even the largest budget is used up by about 20 KB of SQL, because PostgreSQL's lexer and grammar are
 * large. In JavaScript, linting calls many functions about equally often, so that V8 optimises most of them, and again
 * after they have met more kinds of statements. V8 after Node.js 20 decides by other means.
 * @param bytes about how much SQL is read
 */
export function tuneV8ForWorkload(bytes: number): void {
  setFlagsFromString(`--wasm-tiering-budget=${bytes < WORTH_OPTIMISING.parser ? 2_000_000_000 : 1_800_000}`);
  if (process.versions.v8.startsWith('11.'))
    setFlagsFromString(`--interrupt-budget=${bytes < WORTH_OPTIMISING.early ? 400_000 : 67_584}`);
}
