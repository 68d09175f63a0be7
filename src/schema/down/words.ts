import type { Difference } from '../objects.ts';

/** A difference that is left behind the way back. */
export function inWords({ kind, expected, actual, properties = [] }: Difference): string {
  const { kind: what, name } = (expected ?? actual)!;
  if (kind === 'missing') return `the ${what} ${name} is not there again`;
  if (kind === 'unexpected') return `the ${what} ${name} is still there`;
  return `the ${what} ${name} has another ${properties.join(', ')} than before`;
}
