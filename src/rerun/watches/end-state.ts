import type { World } from '../../history/world.ts';

/** Which objects the second run has made or removed, to compare its end with the end of the first run. */
export class EndState {
  /** The step that spoke of an object last, by the object's key. */
  private readonly steps = new Map<string, number>();

  record(key: string, step: number): void {
    this.steps.set(key, step);
  }

  /** The objects that exist after only one of the two runs. */
  differences(second: World, first: World): { key: string; step: number }[] {
    const isIn = (world: World, key: string) => world.existsKey(key) === true;
    const different = [...this.steps].filter(([key]) => isIn(second, key) !== isIn(first, key));
    return different.map(([key, step]) => ({ key, step }));
  }
}
