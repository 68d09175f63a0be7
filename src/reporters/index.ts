import { json } from './json.ts';
import { stylish } from './stylish.ts';
import type { Reporter } from './types.ts';

/** Every output format by its name. */
export const reporters: Record<string, Reporter> = { stylish, json };
