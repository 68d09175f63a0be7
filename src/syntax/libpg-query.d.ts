// The Emscripten module of libpg-query, as far as the parser uses it. The package's own entry compiles its WebAssembly
// asynchronously and with the optimising compiler, which takes longer than linting a file.
declare module 'libpg-query/wasm/libpg-query.js' {
  export interface PgQueryModule {
    HEAPU8: Uint8Array;
    lengthBytesUTF8(text: string): number;
    stringToUTF8(text: string, pointer: number, bytes: number): void;
    UTF8ToString(pointer: number): string;
    getValue(pointer: number, type: 'i32'): number;
    _malloc(bytes: number): number;
    _free(pointer: number): void;
    /** @returns a PgQueryParseResult: char *parse_tree; char *stderr_buffer; PgQueryError *error */
    _wasm_parse_query_raw(text: number): number;
    _wasm_free_parse_result(result: number): void;
  }
  export default function load(options: {
    instantiateWasm(imports: WebAssembly.Imports, done: (instance: WebAssembly.Instance) => void): void;
  }): Promise<PgQueryModule>;
}

/** As much of WebAssembly as the parser needs; the types of Node.js 20 leave it to the browser's. */
declare namespace WebAssembly {
  type Imports = Record<string, Record<string, unknown>>;
  class Module {
    constructor(bytes: Uint8Array);
  }
  class Instance {
    constructor(module: Module, imports: Imports);
  }
}
