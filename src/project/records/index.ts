/** The table of what migration tools remember. Only the commands that look at a live database load it. */
import type { ToolName } from '../types.ts';
import { dbmate } from './dbmate.ts';
import { diesel } from './diesel.ts';
import { drizzle } from './drizzle.ts';
import { flyway } from './flyway.ts';
import { golangMigrate } from './golang-migrate.ts';
import { goose } from './goose.ts';
import { graphileMigrate } from './graphile-migrate.ts';
import { nodePgMigrate } from './node-pg-migrate.ts';
import { prisma } from './prisma.ts';
import { psql } from './psql.ts';
import { sqlx } from './sqlx.ts';
import { supabase } from './supabase.ts';
import type { Records } from './types.ts';

/** What each tool remembers; undefined for those whose tables are not read. */
export const records: Readonly<Record<ToolName, Records | undefined>> = {
  supabase,
  drizzle,
  prisma,
  goose,
  dbmate,
  'golang-migrate': golangMigrate,
  sqlx,
  diesel,
  flyway,
  'graphile-migrate': graphileMigrate,
  'node-pg-migrate': nodePgMigrate,
  psql,
  // Their rows hold more than a version and a checksum, or checksums that only the tool can compute.
  atlas: undefined,
  hasura: undefined,
  liquibase: undefined,
  postgrator: undefined,
  refinery: undefined,
  'sql-migrate': undefined,
  sqitch: undefined,
  tern: undefined,
};
