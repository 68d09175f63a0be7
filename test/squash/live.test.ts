/** The squash of the Supabase example on a real server: written, adopted, and run on a fresh database. */
import { cpSync, existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import pg from 'pg';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { openLive } from '../../src/database/live.ts';
import { differences, readObjects, type LiveObjects } from '../../src/schema/objects.ts';
import supabase from '../../src/environments/supabase.sql';
import { planSteps } from '../../src/verify/steps.ts';
import { createProject } from '../support/project.ts';
import { hasServer, startServer, type Server } from '../support/server.ts';

vi.setConfig({ testTimeout: 600_000, hookTimeout: 60_000 });

const PORT = 5494;
const FOLDER = 'supabase/migrations';

describe.skipIf(!hasServer)('a real server', () => {
  let server: Server;
  beforeAll(async () => {
    server = await startServer(PORT);
  });
  afterAll(() => server.stop());

  /** A database with what a Supabase project begins with. */
  async function database(name: string): Promise<string> {
    await server.admin.query(`CREATE DATABASE ${name}`);
    const url = server.url('postgres', 'secret', name);
    const client = new pg.Client({ connectionString: url });
    await client.connect();
    await client.query(supabase.split('-- extension ')[0]!);
    await client.end();
    return url;
  }

  async function run(url: string, text: string, path: string): Promise<void> {
    const live = await openLive(url, 'test');
    expect(await live.run(planSteps(text, path).steps), path).toBeUndefined();
    await live.close();
  }

  async function readAll(url: string): Promise<{ objects: LiveObjects; rows: unknown }> {
    const live = await openLive(url, 'test', { reads: true });
    const objects = await readObjects(live.ask);
    const [labels, buckets] = await live.ask(
      'SELECT id, name, color FROM public.labels ORDER BY id; SELECT id, name, public, file_size_limit::text FROM storage.buckets',
    );
    await live.close();
    return { objects, rows: { labels, buckets } };
  }

  it('has the migrations, adopts their squash, and equals a database of the squash alone', async () => {
    const project = createProject({ '.git/HEAD': '' });
    try {
      cpSync(join('examples', 'supabase'), project.path, { recursive: true });
      project.lint('--fix');
      const old = await database('old');
      const files = readdirSync(join(project.path, FOLDER)).sort();
      for (const file of files) await run(old, project.read(`${FOLDER}/${file}`), file);
      const at = ['--database-url', old];
      expect(project.lint('adopt', ...at, '--write').stdout).toContain(`${files.length} new rows`);
      const before = await readAll(old);

      const squashed = project.lint('squash', '--archive');
      expect(squashed).toMatchObject({ status: 0, stderr: '' });
      expect(squashed.stdout).toContain('Proven: ');
      const [file, ...others] = readdirSync(join(project.path, FOLDER));
      expect(others).toEqual([]);
      expect(file).toBe(`${files.at(-1)!.slice(0, 14)}_squashed.sql`);
      expect(existsSync(join(project.path, 'supabase/archive', files[0]!))).toBe(true);

      // The rows of the files that are gone stand in the way until they are adopted.
      expect(project.lint('status', FOLDER, ...at)).toMatchObject({ status: 1 });
      const adopted = project.lint('adopt', FOLDER, ...at, '--write');
      expect(adopted.stdout).toContain(`0 new rows, 0 changed rows, ${files.length - 1} rows less`);
      const clean = project.lint('status', FOLDER, ...at);
      expect(clean.stdout).toContain('applied');
      expect(clean.status, clean.stdout).toBe(0);

      const text = project.read(`${FOLDER}/${file!}`);
      const fresh = await database('fresh');
      await run(fresh, text, file!);
      const alone = await readAll(fresh);
      // What the tool itself keeps is none of the schema.
      const own = (objects: LiveObjects) =>
        new Map([...objects].filter(([, { schema }]) => schema !== 'supabase_migrations'));
      expect(differences(own(before.objects), own(alone.objects))).toEqual([]);
      expect(alone.rows).toEqual(before.rows);

      // On a database that has the migrations, it changes nothing.
      await run(old, text, file!);
      const again = await readAll(old);
      expect(differences(before.objects, again.objects)).toEqual([]);
      expect(again.rows).toEqual(before.rows);
    } finally {
      project.remove();
    }
  });
});
