import { setFlagsFromString } from 'node:v8';

/** From how many bytes of SQL on it pays to have V8 optimise the parser. */
const WORTH_OPTIMISING = 400_000;

/**
 * Tells V8 whether to optimise WebAssembly that is compiled from now on, in all of the process. Little is parsed before
 * it is optimised, and the process would wait for that before it exits.
 * @param bytes how much there is to do, in bytes of SQL
 */
export const expect = (bytes: number): void => setFlagsFromString(`--wasm-tiering-budget=${bytes < WORTH_OPTIMISING ? 200_000_000 : 1_800_000}`);
