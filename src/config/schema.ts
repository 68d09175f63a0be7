/** The description of a configuration. `schema.json` is generated from it, and `validate` judges by it. */
import type { Rule } from '../rules/api/rule.ts';
import { rules } from '../rules/index.ts';
import { RENAMED } from '../rules/renamed.ts';
import { TOOL_NAMES } from '../project/types.ts';
import { PRESETS } from '../linter/presets.ts';

/** What is used of JSON Schema. */
export interface Schema {
  type?: 'object' | 'array' | 'string' | 'integer' | 'number' | 'boolean';
  /** What a string must be. */
  format?: 'regex';
  description?: string;
  default?: unknown;
  enum?: readonly unknown[];
  /** Alternatives of which each has a type, or an enumeration, of its own. */
  anyOf?: readonly Schema[];
  properties?: Readonly<Record<string, Schema>>;
  required?: readonly string[];
  additionalProperties?: boolean | Schema;
  items?: Schema | readonly Schema[];
  additionalItems?: boolean;
  minItems?: number;
  maxItems?: number;
  uniqueItems?: boolean;
  minimum?: number;
  maximum?: number;
}

const strings = (description: string): Schema => ({ type: 'array', items: { type: 'string' }, description });
const SEVERITIES = ['off', 'warn', 'error', 0, 1, 2] as const;

const settingOf = ({ meta }: Rule, description: string): Schema => ({
  description,
  anyOf: [
    { enum: SEVERITIES },
    {
      type: 'array',
      items: [{ enum: SEVERITIES }, ...(meta.schema as Schema[])],
      additionalItems: false,
      minItems: 1,
    },
  ],
});

const ruleSettings: Schema = {
  type: 'object',
  description: 'How severe what each rule finds is: "off", "warn" or "error", or [severity, options].',
  properties: Object.fromEntries([
    ...Object.entries(rules).map(([name, rule]) => [name, settingOf(rule, `${rule.meta.docs.description}.`)] as const),
    ...Object.entries(RENAMED).map(([old, name]) => [old, settingOf(rules[name]!, `Now ${name}.`)] as const),
  ]),
  additionalProperties: false,
};

/** What can be different from folder to folder. */
export const settingsSchema: Readonly<Record<string, Schema>> = {
  rules: ruleSettings,
  postgresVersion: {
    type: 'integer',
    minimum: 12,
    maximum: 18,
    default: 14,
    description: 'The oldest PostgreSQL that the migrations must run on.',
  },
  exposedSchemas: {
    ...strings("The schemas that an API exposes to the outside, as Supabase's does."),
    default: ['public'],
  },
  styles: {
    type: 'object',
    description: 'Which of several sound ways a fix takes.',
    properties: {
      policies: {
        enum: ['drop-create', 'guard'],
        default: 'drop-create',
        description: 'How a policy is made repeatable.',
      },
      triggers: {
        enum: ['drop-create', 'guard'],
        default: 'drop-create',
        description: 'How a trigger is made repeatable where OR REPLACE does not do.',
      },
      constraints: {
        enum: ['guard', 'drop-add'],
        default: 'guard',
        description: 'How a constraint is made repeatable.',
      },
    },
    additionalProperties: false,
  },
  history: {
    type: 'boolean',
    default: true,
    description: 'Whether the migrations before a file are read, to know what they have made.',
  },
  since: {
    type: 'string',
    description:
      'The migration from which on files are reported, fixed and verified: its file, its version, or a day such as ' +
      '2025-06-01. Those before it count as applied.',
  },
};

/** The whole configuration. */
export const configSchema: Schema = {
  type: 'object',
  properties: {
    $schema: { type: 'string', description: 'For editors.' },
    extends: {
      description:
        `Presets (${PRESETS.join(', ')}), files of configuration and packages, each of which the next one ` +
        `overrides. Without it, the preset that the files' place asks for.`,
      anyOf: [{ type: 'string' }, { type: 'array', items: { type: 'string' } }],
    },
    files: strings('What is linted where no path is named: folders, files and globs, relative to the configuration.'),
    ignores: strings('What is never linted: folders, files and globs, relative to the configuration.'),
    environment: {
      type: 'string',
      description: 'What exists before the first migration: "plain", "supabase", or the path of a file of SQL.',
    },
    tool: {
      description:
        'The tool that runs the migrations, where the files do not tell: its name, or its name with a version or ' +
        'a way in which it is called.',
      anyOf: [
        { type: 'string', enum: TOOL_NAMES },
        {
          type: 'object',
          properties: {
            name: { enum: TOOL_NAMES, description: 'Its name.' },
            version: { type: 'string', description: 'Its version, such as "2.108".' },
            multiStatement: {
              type: 'boolean',
              description: 'Whether golang-migrate is called with x-multi-statement=true.',
            },
          },
          required: ['name'],
          additionalProperties: false,
        },
      ],
    },
    placeholders: {
      type: 'object',
      description: 'What the migration tool fills in for ${name} and {{name}}, by name; for sql-lint verify.',
      additionalProperties: { type: 'string' },
    },
    prove: {
      type: 'boolean',
      description: 'Whether --fix runs what it makes of a file before it writes it, as with --prove.',
    },
    protectApplied: {
      enum: ['warn', 'refuse', 'off'],
      default: 'warn',
      description:
        'What --fix does with files that are in the branch which pull requests go into, and may be applied: it says ' +
        'that it has changed them where the tool compares them, leaves them alone, or does not look.',
    },
    ...settingsSchema,
    overrides: {
      type: 'array',
      description: 'Settings for some of the files; later ones win.',
      items: {
        type: 'object',
        properties: {
          files: { ...strings('Folders, files and globs, relative to the configuration.'), minItems: 1 },
          ...settingsSchema,
        },
        required: ['files'],
        additionalProperties: false,
      },
    },
  },
  additionalProperties: false,
};

/** The content of the published `schema.json`. */
export const publishedSchema = {
  $schema: 'http://json-schema.org/draft-07/schema#',
  title: 'Configuration of sql-lint',
  ...configSchema,
};
