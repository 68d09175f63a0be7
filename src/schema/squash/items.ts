/** What a squash is made of: statements, each for an object, in groups that are written together. */
import type { LiveObject } from '../objects.ts';
import { KIND_NAMES } from '../writing.ts';
import type { Authored } from './authored.ts';

/** One statement of a squash. */
export interface Item {
  /** The object that it makes or changes. */
  object: LiveObject;
  /** Without its semicolon. */
  sql: string;
  /** The comment lines above it. */
  comment: string;
  /** The statement of the author that it is, or whose place it takes. */
  from?: Authored;
  /** Whether it is the author's text. */
  isOwn: boolean;
  /** Whether it makes its object, and does not only change it. */
  makes: boolean;
}

/** The parts of a squash, in their order. */
export const SECTIONS = ['before', 'types', 'sequences', 'functions', 'tables', 'views', 'after'] as const;
export type Section = (typeof SECTIONS)[number];

/** What is written together: an object, and what lives on it. */
export interface Group {
  name: string;
  section: Section;
  /** The place of its first statement in the chain. */
  at: number;
  items: Item[];
}

const SECTION_OF: Readonly<Record<string, Section>> = {
  enum: 'types',
  type: 'types',
  domain: 'types',
  range: 'types',
  sequence: 'sequences',
  function: 'functions',
  procedure: 'functions',
  aggregate: 'functions',
  operator: 'functions',
  'operator family': 'functions',
  'operator class': 'functions',
  cast: 'functions',
  table: 'tables',
  'foreign table': 'tables',
  column: 'tables',
  constraint: 'tables',
  index: 'tables',
  trigger: 'tables',
  policy: 'tables',
  rule: 'tables',
  statistics: 'tables',
  'publication table': 'tables',
  view: 'views',
  'materialized view': 'views',
  'event trigger': 'after',
  subscription: 'after',
  'publication schema': 'after',
  grant: 'after',
  comment: 'after',
};

export const sectionOf = ({ kind, name, properties }: LiveObject): Section => {
  if (kind === 'default privileges') return name === 'first' ? 'before' : 'after';
  return properties['of a domain'] ? 'types' : (SECTION_OF[kind] ?? 'before');
};

/** The name of the group that an object is written in. */
export function groupNameOf({ kind, name, of }: LiveObject): string {
  if (of !== undefined) return of;
  if (kind === 'default privileges') return `rights: ${name === 'first' ? 'first' : 'last'}`;
  return kind === 'grant' ? 'rights' : name;
}

const HEADS = new Set(['table', 'foreign table', 'view', 'materialized view', 'enum', 'type', 'domain', 'range']);

/** Where a statement stands in its group. */
export function rankInGroup({ object, makes, sql }: Item): number {
  const { kind, properties } = object;
  // What takes rights on a table away takes those on its columns along.
  if (/^REVOKE /.test(sql)) return RANK.indexOf('grant') + 0.9;
  if (kind === 'sequence' && makes) return -1;
  // Foreign keys need the keys that they speak of.
  const isForeign = /^FOREIGN KEY/.test(properties.definition ?? '');
  return (HEADS.has(kind) ? 0 : RANK.indexOf(kind) + 1) + (makes ? 0 : 0.25) + (isForeign ? 0.5 : 0);
}

/** Keys, indexes, policies, triggers, rights, comments. */
const RANK: readonly string[] = [
  'column',
  'constraint',
  'sequence',
  'index',
  'statistics',
  'policy',
  'rule',
  'trigger',
  'publication table',
  'grant',
  'comment',
];

/** In which order groups without a place in the chain are made. */
export const rankOfKind = ({ kind }: LiveObject): number => KIND_NAMES.indexOf(kind);
