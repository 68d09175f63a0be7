/** The package as it is published, as those who depend on it find it: entry points, types and addresses. */
import { checkPackage, createPackageFromTarballData } from '@arethetypeswrong/core';
import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { builtinModules } from 'node:module';
import { join } from 'node:path';
import { publint } from 'publint';
import { formatMessage } from 'publint/utils';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { HOMEPAGE } from '../src/rules/api/rule.ts';
import { rules } from '../src/rules/index.ts';
import { createProject, type Project } from './support/project.ts';

const PACK_MS = 60_000;
interface Manifest {
  homepage: string;
  bugs: { url: string };
  repository: { url: string };
  scripts: Record<string, string>;
  dependencies: Record<string, string>;
  peerDependencies: Record<string, string>;
}
const manifest = JSON.parse(readFileSync('package.json', 'utf8')) as Manifest;

let project: Project;
let tarball: Buffer;
let files: string[];
let unpacked: number;
beforeAll(() => {
  project = createProject();
  // Without its scripts: what they build is there, and other tests use it.
  const [packed] = JSON.parse(
    execFileSync('npm', ['pack', '--ignore-scripts', '--json', '--pack-destination', project.path], {
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'ignore'],
    }),
  ) as [{ filename: string; unpackedSize: number; files: { path: string }[] }];
  tarball = readFileSync(join(project.path, packed.filename));
  files = packed.files.map(({ path }) => path);
  unpacked = packed.unpackedSize;
}, PACK_MS);
afterAll(() => project.remove());

describe('the package', () => {
  it('has types that are right wherever it can be imported', { timeout: PACK_MS }, async () => {
    // WebAssembly has no types.
    const analysis = await checkPackage(createPackageFromTarballData(tarball), { excludeEntrypoints: [/\.wasm$/] });
    if (!analysis.types) throw new Error('the package has no types');
    const { problems } = analysis;
    // It is an ES module: neither TypeScript's resolution of Node.js 10 nor require() of old versions finds it.
    expect(
      problems.filter((p) => !('resolutionKind' in p && ['node10', 'node16-cjs'].includes(p.resolutionKind))),
    ).toEqual([]);
  });

  it('is well-formed', { timeout: PACK_MS }, async () => {
    const { messages, pkg } = await publint({ pack: { tarball: new Uint8Array(tarball).buffer }, strict: true });
    expect(messages.map((message) => formatMessage(message, pkg, { color: false }))).toEqual([]);
  });

  it('has types of a few files, which import only what it depends on', () => {
    const types = files.filter((file) => file.endsWith('.d.ts'));
    expect(types.length).toBeLessThanOrEqual(5);
    const own = new Set([
      ...Object.keys(manifest.dependencies),
      ...Object.keys(manifest.peerDependencies),
      ...builtinModules.map((name) => `node:${name}`),
    ]);
    const imported = types.flatMap((file) =>
      [...readFileSync(file, 'utf8').matchAll(/(?:from|import)\s*\(?\s*['"]([^'".][^'"]*)['"]/g)].map((m) => m[1]!),
    );
    expect(imported).toContain('eslint');
    expect(imported.filter((name) => !own.has(name))).toEqual([]);
  });

  it('is small, and runs nothing when it is installed', () => {
    expect(unpacked).toBeLessThan(12_000_000);
    expect(Object.keys(manifest.scripts).filter((name) => /^(pre|post)?install$|^prepare$/.test(name))).toEqual([]);
  });

  it('says where it lives', () => {
    expect(manifest.homepage).toBe(`${HOMEPAGE}#readme`);
    expect(manifest.bugs.url).toBe(`${HOMEPAGE}/issues`);
    expect(manifest.repository.url).toBe(`git+${HOMEPAGE}.git`);
  });
});

it.each(Object.entries(rules))('%s has the address of its page', (name, { meta }) => {
  const page = `docs/rules/${name}.md`;
  expect(meta.docs.url).toBe(`${HOMEPAGE}/blob/main/${page}`);
  expect(existsSync(page)).toBe(true);
});
