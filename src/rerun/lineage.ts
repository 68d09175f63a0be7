import type { ObjectRef } from '../catalog/objects.ts';
import type { Statement } from '../syntax/script.ts';

export interface Tangle {
  step: number;
  leftover?: string;
  table?: string;
}
export type SequenceEnd = { made: ObjectRef } | { removed: ObjectRef };
export interface LineageGuard {
  statements: readonly Statement[];
  end: SequenceEnd;
}
