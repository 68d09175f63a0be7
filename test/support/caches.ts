import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** What earlier runs have kept is not what is tested. */
export default function setup(): () => void {
  const folder = mkdtempSync(join(tmpdir(), 'sql-lint-caches-'));
  process.env.XDG_CACHE_HOME = folder;
  return () => rmSync(folder, { recursive: true, force: true });
}
