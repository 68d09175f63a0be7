/** What the page and its worker say to each other. */
import type { LintMessage, ProofReport, ToolName, Walk } from '../../src/browser/index.ts';
import type { PlayState } from './link.ts';
import type { Preset } from '../../src/rules/api/rule.ts';

export interface Settings {
  preset: Preset | undefined;
  rules: PlayState['rules'];
  postgres: number | undefined;
  tool: ToolName | undefined;
  environment: 'plain' | 'supabase';
}

/** The files of the page, by their absolute paths, in their order. */
export interface Project {
  files: readonly { path: string; text: string }[];
  settings: Settings;
}

export interface Linted {
  path: string;
  messages: LintMessage[];
}

/** What can be asked of the worker, and what it answers. */
export interface Answers {
  /** The findings of one file. */
  lint: { asked: { path: string }; answer: Linted };
  /** The findings of each file. */
  report: { asked: object; answer: { files: Linted[] } };
  /** What `--fix` makes of a file. */
  fix: { asked: { path: string }; answer: { output: string; left: number } };
  /** What can be chosen. */
  about: { asked: object; answer: { presets: readonly string[]; tools: readonly { name: string; title: string }[] } };
  prove: { asked: { path: string; fixed: boolean }; answer: ProofReport };
}

export type Question = keyof Answers;

export type Asked = {
  [Q in Question]: { id: number; question: Q; project: Project } & Answers[Q]['asked'];
}[Question];

export type Progress = { walk: Walk } | { loading: string; part?: number };

/** What is answered where somebody has ended a proof, and where a later report was asked for. */
export const STOPPED = 'stopped';
export const SUPERSEDED = 'superseded';

/** Ends the proof that runs. */
export interface Stop {
  stop: true;
}

/** What the worker says. */
export type Said =
  | { id: number; answer: Answers[Question]['answer'] }
  | { id: number; error: string }
  | { id: number; progress: Progress };
