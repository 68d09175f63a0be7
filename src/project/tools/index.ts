/** The table of migration tools. */
import type { Tool, ToolName } from '../types.ts';
import { atlas } from './atlas.ts';
import { dbmate } from './dbmate.ts';
import { diesel } from './diesel.ts';
import { drizzle } from './drizzle.ts';
import { flyway } from './flyway.ts';
import { golangMigrate } from './golang-migrate.ts';
import { goose } from './goose.ts';
import { graphileMigrate } from './graphile-migrate.ts';
import { hasura } from './hasura.ts';
import { liquibase } from './liquibase.ts';
import { nodePgMigrate } from './node-pg-migrate.ts';
import { postgrator } from './postgrator.ts';
import { prisma } from './prisma.ts';
import { psql } from './psql.ts';
import { refinery } from './refinery.ts';
import { sqlMigrate } from './sql-migrate.ts';
import { sqitch } from './sqitch.ts';
import { sqlx } from './sqlx.ts';
import { supabase } from './supabase.ts';
import { tern } from './tern.ts';

/**
 * Every tool by its name. Where several recognise a folder, the first here wins: what only one tool writes before what
 * several could have written.
 */
export const tools: Readonly<Record<ToolName, Tool>> = {
  drizzle,
  prisma,
  atlas,
  sqitch,
  'graphile-migrate': graphileMigrate,
  supabase,
  tern,
  'sql-migrate': sqlMigrate,
  diesel,
  liquibase,
  hasura,
  refinery,
  flyway,
  postgrator,
  'node-pg-migrate': nodePgMigrate,
  goose,
  dbmate,
  sqlx,
  'golang-migrate': golangMigrate,
  psql,
};
