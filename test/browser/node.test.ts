/** What stands for Node's modules in a browser does what they do. */
import { Buffer } from 'node:buffer';
import { createHash } from 'node:crypto';
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { Buffer as Ours } from '../../src/browser/node/buffer.ts';
import { createHash as ours } from '../../src/browser/node/crypto.ts';

const text = fc.string({ unit: 'binary' });
const bytesOf = (bytes: Uint8Array) => [...bytes];

it('texts and bytes become each other', () => {
  fc.assert(
    fc.property(text, fc.nat(8), (said, at) => {
      expect(Ours.byteLength(said)).toBe(Buffer.byteLength(said));
      expect(bytesOf(Ours.from(said))).toEqual(bytesOf(Buffer.from(said)));
      const [a, b] = [Ours.alloc(64), Buffer.alloc(64)];
      expect(a.write(said, at)).toBe(b.write(said, at));
      expect(bytesOf(a)).toEqual(bytesOf(b));
      expect(a.toString('utf8', at, 40)).toBe(b.toString('utf8', at, 40));
      expect(a.toString('latin1', at, 40)).toBe(b.toString('latin1', at, 40));
    }),
  );
});

it('numbers are read and written', () => {
  fc.assert(
    fc.property(fc.integer({ min: -(2 ** 31), max: 2 ** 31 - 1 }), fc.nat(9), (number, at) => {
      const [a, b] = [Ours.alloc(13), Buffer.alloc(13)];
      a.writeInt32BE(number, at);
      b.writeInt32BE(number, at);
      expect(bytesOf(a)).toEqual(bytesOf(b));
      expect([a.readUInt32LE(at), a.readInt32LE(at)]).toEqual([b.readUInt32LE(at), b.readInt32LE(at)]);
    }),
  );
});

it('parts are the same or not, wherever they begin', () => {
  const part = fc.tuple(fc.nat(16), fc.nat(16));
  fc.assert(
    fc.property(fc.uint8Array({ minLength: 40, maxLength: 40 }), part, fc.nat(12), (bytes, [from, other], length) => {
      const [a, b] = [Ours.concat([bytes]), Buffer.from(bytes)];
      const of = (buffer: Ours | Buffer, to: number) =>
        buffer.compare(buffer, from, from + length, other, other + to) === 0;
      expect(of(a, length)).toBe(of(b, length));
      expect(of(a, length + 1)).toBe(false);
      const target = Ours.alloc(40);
      a.copy(target, 3, from, from + length);
      expect(target.compare(a, from, from + length, 3, 3 + length)).toBe(0);
    }),
  );
});

it('a SHA-256 is the same', () => {
  fc.assert(
    fc.property(text, text, (first, second) => {
      expect(ours('sha256').update(first).update(second).digest('hex')).toBe(
        createHash('sha256').update(first).update(second).digest('hex'),
      );
    }),
  );
});
