/** What the engine uses of `node:crypto`: a SHA-256, at once. A browser's own answers later. */
import { sha256 } from '@noble/hashes/sha2.js';
import { bytesToHex, utf8ToBytes } from '@noble/hashes/utils.js';

interface Hash {
  update(text: string): Hash;
  digest(encoding: 'hex'): string;
}

export const createHash: (algorithm: 'sha256') => Hash = () => {
  const hash = sha256.create();
  const own: Hash = {
    update(text) {
      hash.update(utf8ToBytes(text));
      return own;
    },
    digest: () => bytesToHex(hash.digest()),
  };
  return own;
};
