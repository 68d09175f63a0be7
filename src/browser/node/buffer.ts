/**
 * What the engine uses of Node's `Buffer`. A library has all of it, but compares byte by byte: going back to a mark
 * compares 100 MB of PostgreSQL's memory.
 */
const encoder = new TextEncoder();
const utf8 = new TextDecoder();
/** More arguments at once may be too many for a call. */
const MOST_CHARACTERS = 8192;

export class Buffer extends Uint8Array {
  static alloc(bytes: number): Buffer {
    return new Buffer(bytes);
  }

  static allocUnsafeSlow(bytes: number): Buffer {
    return new Buffer(bytes);
  }

  /** Of a text, its bytes; of a memory, the memory itself. */
  static override from(source: ArrayLike<unknown> | Iterable<unknown> | ArrayBuffer): Buffer {
    return new Buffer(typeof source === 'string' ? encoder.encode(source).buffer : (source as ArrayBuffer));
  }

  static concat(parts: readonly Uint8Array[]): Buffer {
    const all = new Buffer(parts.reduce((sum, { length }) => sum + length, 0));
    let at = 0;
    for (const part of parts) {
      all.set(part, at);
      at += part.length;
    }
    return all;
  }

  static byteLength(text: string): number {
    return encoder.encode(text).length;
  }

  write(text: string, at = 0): number {
    return encoder.encodeInto(text, new Uint8Array(this.buffer, this.byteOffset + at)).written;
  }

  override toString(encoding: 'utf8' | 'latin1' = 'utf8', from = 0, to = this.length): string {
    const bytes = new Uint8Array(this.buffer, this.byteOffset + from, to - from);
    if (encoding === 'utf8') return utf8.decode(bytes);
    let text = '';
    for (let at = 0; at < bytes.length; at += MOST_CHARACTERS)
      text += String.fromCharCode(...bytes.subarray(at, at + MOST_CHARACTERS));
    return text;
  }

  readUInt32LE(at = 0): number {
    return this.readInt32LE(at) >>> 0;
  }

  readInt32LE(at = 0): number {
    return this[at]! | (this[at + 1]! << 8) | (this[at + 2]! << 16) | (this[at + 3]! << 24);
  }

  writeInt32BE(value: number, at = 0): number {
    for (let k = 0; k < 4; k++) this[at + k] = value >>> (24 - 8 * k);
    return at + 4;
  }

  copy(target: Uint8Array, at = 0, from = 0, to = this.length): number {
    target.set(new Uint8Array(this.buffer, this.byteOffset + from, to - from), at);
    return to - from;
  }

  /** Compares a part of this with a part of another one: 0 where both are the same, 1 otherwise. */
  compare(other: Uint8Array, otherFrom = 0, otherTo = other.length, from = 0, to = this.length): number {
    const length = to - from;
    if (length !== otherTo - otherFrom) return 1;
    const [a, b] = [this.byteOffset + from, other.byteOffset + otherFrom];
    if ((a | b | length) & 3)
      return differ(new Uint8Array(this.buffer, a, length), new Uint8Array(other.buffer, b, length));
    // Four bytes at a time.
    return differ(new Int32Array(this.buffer, a, length >> 2), new Int32Array(other.buffer, b, length >> 2));
  }
}

function differ(a: Uint8Array | Int32Array, b: Uint8Array | Int32Array): number {
  for (let k = 0; k < a.length; k++) if (a[k] !== b[k]) return 1;
  return 0;
}
