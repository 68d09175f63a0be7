import { Ajv } from 'ajv';
import { describe, expect, it } from 'vitest';
import { configSchema, publishedSchema } from '../../src/config/schema.ts';
import { validate } from '../../src/config/validate.ts';

const mistakes = (config: unknown) => validate(config, configSchema);

describe('a configuration with a mistake', () => {
  it.each<[unknown, string]>([
    [7, 'the configuration must be an object, not 7'],
    [{ rule: {} }, 'unknown key "rule"; did you mean "rules"?'],
    [
      { xyzzy: {} },
      'unknown key "xyzzy"; there are $schema, extends, files, ignores, environment, tool, placeholders, prove, protectApplied, rules, postgresVersion, exposedSchemas, styles, history, since, overrides',
    ],
    [
      { tool: 'gooose' },
      '"tool" must be "atlas", "dbmate", "diesel", "drizzle", "flyway", "golang-migrate", "goose", "graphile-migrate", "hasura", "liquibase", "node-pg-migrate", "postgrator", "prisma", "psql", "refinery", "sql-migrate", "sqitch", "sqlx", "supabase" or "tern", not "gooose"; did you mean "goose"?',
    ],
    [{ tool: { version: '2.108' } }, '"tool" needs the key "name"'],
    [{ tool: { name: 'supabase', version: 2 } }, '"tool.version" must be a string, not 2'],
    [{ rules: { 'no-bare-crate': 'error' } }, 'unknown key "rules.no-bare-crate"; did you mean "no-bare-create"?'],
    [
      { rules: { 'no-bare-create': 'eror' } },
      '"rules.no-bare-create" must be "off", "warn" or "error", not "eror"; did you mean "error"?',
    ],
    [
      { rules: { 'no-bare-create': ['error', {}] } },
      '"rules.no-bare-create" has more than one element; the rule has no options',
    ],
    [
      { rules: { 'require-rls': ['warn', { schema: [] }] } },
      'unknown key "rules.require-rls[1].schema"; did you mean "schemas"?',
    ],
    [
      { rules: { 'require-file-name': ['warn', { pattern: 'a(b' }] } },
      '"rules.require-file-name[1].pattern" must be a regular expression, not "a(b": Unterminated group',
    ],
    [
      { rules: { 'require-file-name': ['warn', { pattern: 7 }] } },
      '"rules.require-file-name[1].pattern" must be a regular expression, not 7',
    ],
    [
      { rules: { 'no-bare-create': null } },
      '"rules.no-bare-create" must be "off", "warn" or "error", or a list, not null',
    ],
    [{ postgresVersion: '16' }, '"postgresVersion" must be a whole number from 12 to 18, not "16"'],
    [{ postgresVersion: 9.6 }, '"postgresVersion" must be a whole number from 12 to 18, not 9.6'],
    [{ styles: { policies: 'drop' } }, '"styles.policies" must be "drop-create" or "guard", not "drop"'],
    [{ files: 'migrations' }, '"files" must be a list of strings, not "migrations"'],
    [{ ignores: ['a', 7] }, '"ignores[1]" must be a string, not 7'],
    [{ overrides: [{ rules: {} }] }, '"overrides[0]" needs the key "files"'],
    [
      { overrides: [{ files: ['a'], ignores: ['b'] }] },
      'unknown key "overrides[0].ignores"; there are files, rules, postgresVersion, exposedSchemas, styles, history, since',
    ],
  ])('%j', (config, mistake) => expect(mistakes(config)).toEqual([mistake]));

  it('says all of them', () => expect(mistakes({ history: 1, exposedSchemas: {}, overrides: [{}] })).toHaveLength(3));
});

describe('the published schema', () => {
  const isRegex = (text: string): boolean => {
    try {
      return new RegExp(text) instanceof RegExp;
    } catch {
      return false;
    }
  };
  const check = new Ajv({ strict: false, formats: { regex: isRegex } }).compile(publishedSchema);

  it.each<[unknown]>([
    [{}],
    [{ $schema: './x.json', extends: 'strict', files: ['a'], ignores: ['b/**'], environment: 'plain' }],
    [
      {
        rules: { 'no-bare-create': 2, 'no-bare-add': ['warn'], 'require-rls': ['error', { schemas: ['api'] }] },
        styles: { triggers: 'guard' },
      },
    ],
    [{ overrides: [{ files: ['old'], rules: { 'no-bare-create': 'off' }, postgresVersion: 12, history: false }] }],
    [{ rules: { 'no-bare-create': 3 } }],
    [{ rules: { 'no-bare-create': [] } }],
    [{ overrides: [{ files: [] }] }],
    [{ extends: [1] }],
    [{ rules: { 'require-file-name': ['warn', { pattern: '^\\d+_' }] } }],
    [{ rules: { 'require-file-name': ['warn', { pattern: '(' }] } }],
  ])('judges %j as the command does', (config) => expect(check(config)).toBe(mistakes(config).length === 0));
});
