/** The project's own workflows, forms and image name what there is. */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { HOMEPAGE } from '../src/rules/api/rule.ts';

interface Workflow {
  permissions: Record<string, string>;
  jobs: Record<
    string,
    {
      permissions?: Record<string, string>;
      strategy?: { matrix: { node?: string[]; os?: string[] } };
      steps: { uses?: string; run?: string }[];
    }
  >;
}

const manifest = JSON.parse(readFileSync('package.json', 'utf8')) as {
  engines: { node: string };
  scripts: Record<string, string>;
};
const WORKFLOWS = '.github/workflows';
const workflows = readdirSync(WORKFLOWS).map(
  (name) => [name, parse(readFileSync(join(WORKFLOWS, name), 'utf8')) as Workflow] as const,
);
const stepsOf = ({ jobs }: Workflow) => Object.values(jobs).flatMap(({ steps }) => steps);

describe.each(workflows)('%s', (_, workflow) => {
  it('runs scripts and tests that are there', () => {
    for (const { run = '' } of stepsOf(workflow)) {
      for (const [, script] of run.matchAll(/npm run ([\w:-]+)/g))
        expect(Object.keys(manifest.scripts)).toContain(script);
      for (const [path] of run.matchAll(/(?<![\w/])(?:test|examples)\/[\w./-]+/g))
        expect(existsSync(path), path).toBe(true);
    }
  });

  it('may read only, unless a job says otherwise', () => {
    expect(workflow.permissions).toEqual({ contents: 'read' });
  });

  it('names a version of each action', () => {
    for (const { uses } of stepsOf(workflow)) if (uses !== undefined) expect(uses).toMatch(/@v\d/);
  });
});

it('CI runs on the oldest Node.js that is supported, and on three systems', () => {
  const jobs = Object.values(Object.fromEntries(workflows)['ci.yml']!.jobs);
  const oldest = /^>=(\d+\.\d+)/.exec(manifest.engines.node)![1];
  expect(jobs.flatMap(({ strategy }) => strategy?.matrix.node ?? [])).toContain(oldest);
  expect(new Set(jobs.flatMap(({ strategy }) => strategy?.matrix.os ?? []))).toEqual(
    new Set(['ubuntu-latest', 'macos-latest', 'windows-latest']),
  );
});

it('a release says where the package comes from', () => {
  const { jobs } = Object.fromEntries(workflows)['release.yml']!;
  const publishing = Object.values(jobs).find(({ steps }) => steps.some(({ run }) => run?.startsWith('npm publish')))!;
  expect(publishing.permissions).toMatchObject({ 'id-token': 'write' });
  expect(publishing.steps.map(({ run }) => run)).toContain('npm publish --provenance --access public');
});

it('forms for issues are complete', () => {
  const folder = '.github/ISSUE_TEMPLATE';
  for (const name of readdirSync(folder)) {
    const form = parse(readFileSync(join(folder, name), 'utf8')) as {
      name?: string;
      body?: { type: string; id: string; attributes: { label: string } }[];
      contact_links?: { url: string }[];
    };
    if (name === 'config.yml') for (const { url } of form.contact_links!) expect(url.startsWith(HOMEPAGE)).toBe(true);
    else
      for (const { id, attributes } of form.body!) expect([form.name, id, attributes.label]).not.toContain(undefined);
  }
});

it('the image copies what there is', () => {
  const text = readFileSync('Containerfile', 'utf8');
  for (const [, path] of text.matchAll(/^COPY --from=build \/src\/(\S+)/gm)) expect(existsSync(path!), path).toBe(true);
  for (const name of ['dist', '**/node_modules'])
    expect(readFileSync('.dockerignore', 'utf8').split('\n')).toContain(name);
});
