/** Databases that stay from one call to the next: to start one takes longer than to run a migration. */
import type { Engine } from '../database/types.ts';

export class KeptEngines {
  private readonly kept = new Map<string, Promise<Engine>>();

  /**
   * The engine of a key, which is started where there is none. Whoever closes it leaves it to the next one.
   * @param key all that the engine depends on
   */
  async of(key: string, start: () => Promise<Engine>): Promise<Engine> {
    let engine = this.kept.get(key);
    if (!engine) {
      this.kept.set(key, (engine = start()));
      engine.catch(() => this.kept.delete(key));
    }
    return { ...(await engine), close: () => Promise.resolve() };
  }

  /** Ends all of them. */
  async close(): Promise<void> {
    const all = [...this.kept.values()];
    this.kept.clear();
    for (const engine of await Promise.allSettled(all)) if (engine.status === 'fulfilled') await engine.value.close();
  }
}
