import { ConfigCommentParser, Directive, VisitNodeStep } from '@eslint/plugin-kit';
import { NAMESPACE, readDirectives, type Directive as OurDirective } from '../linter/directives.ts';
import { SqlSource, type Position } from '../rules/api/source.ts';
import { nearest } from '../nearest.ts';
import { rules } from '../rules/index.ts';
import { commentsOf } from '../syntax/comments.ts';
import type { Statement } from '../syntax/script.ts';

export interface Location {
  start: Position;
  end: Position;
}

/** What every element of the tree has. */
interface Element {
  type: string;
  range: [number, number];
  loc: Location;
}

export interface CommentNode extends Element {
  type: 'Line' | 'Block';
  /** The text without its marks. */
  value: string;
}

/**
 * A statement, by PostgreSQL's name of its node (`CreateStmt`); one that PostgreSQL does not accept is a `BrokenStmt`.
 */
export interface StatementNode extends Element {
  parent: ScriptNode | StatementNode;
  /** PostgreSQL's own tree of the statement. */
  tree: object;
  /** The statements in the body of a DO block. */
  children: StatementNode[];
}

/** The root: a whole file. */
export interface ScriptNode extends Element {
  type: 'Script';
  parent: null;
  statements: StatementNode[];
  comments: CommentNode[];
  tokens: never[];
}

export type SqlNode = ScriptNode | StatementNode;

export const visitorKeys: Record<string, string[]> = { Script: ['statements'], DoStmt: ['children'] };

const commentParser = new ConfigCommentParser();

/** What a directive says to ESLint's parser of configuration comments: the comment without its marks. */
const directiveText = (comment: CommentNode) => comment.value.trim();

/** A SQL file as ESLint sees it, and as our rules do. */
export class SqlSourceCode extends SqlSource {
  readonly ast: ScriptNode;
  readonly visitorKeys = visitorKeys;
  private readonly statementOf = new Map<StatementNode, Statement>();
  private lineList: string[] | undefined;
  hasBOM = false;

  constructor(...args: ConstructorParameters<typeof SqlSource>) {
    super(...args);
    const root: ScriptNode = {
      type: 'Script',
      parent: null,
      range: [0, this.text.length],
      loc: this.locOf(0, this.text.length),
      statements: [],
      comments: this.readComments(),
      tokens: [],
    };
    root.statements = this.script.statements.map((statement) => this.nodeOf(statement, root));
    this.ast = root;
  }

  private nodeOf(statement: Statement, parent: SqlNode): StatementNode {
    const { start, stop } = statement;
    const node: StatementNode = {
      type: statement.type ?? 'BrokenStmt',
      parent,
      range: [start, stop],
      loc: this.locOf(start, stop),
      tree: statement.node,
      children: [],
    };
    node.children = (statement.children ?? []).map((child) => this.nodeOf(child, node));
    this.statementOf.set(node, statement);
    return node;
  }

  private readComments(): CommentNode[] {
    return commentsOf(this.script).map(({ start, end }) => {
      const line = this.text.startsWith('--', start);
      return {
        type: line ? 'Line' : 'Block',
        value: this.text.slice(start + 2, line ? end : end - 2),
        range: [start, end],
        loc: this.locOf(start, end),
      };
    });
  }

  get lines(): string[] {
    return (this.lineList ??= this.text.split(/\r?\n/));
  }

  getLoc(node: { loc: Location }): Location {
    return node.loc;
  }

  getRange(node: { range: [number, number] }): [number, number] {
    return node.range;
  }

  getText(node?: { range: [number, number] }, before = 0, after = 0): string {
    return node ? this.text.slice(Math.max(0, node.range[0] - before), node.range[1] + after) : this.text;
  }

  getAllComments(): CommentNode[] {
    return this.ast.comments;
  }

  // ESLint's rules for JavaScript call these, whatever the language is: `indent` on every node, others while they are
  // set up.

  get tokensAndComments(): CommentNode[] {
    return this.ast.comments;
  }

  getFirstToken(): null {
    return null;
  }

  getScope(): { isStrict: boolean } {
    return { isStrict: false };
  }

  getParent(node: SqlNode): SqlNode | null {
    return node.parent;
  }

  getAncestors(node: SqlNode): SqlNode[] {
    const ancestors: SqlNode[] = [];
    for (let at = node.parent; at; at = at.parent) ancestors.unshift(at);
    return ancestors;
  }

  getLocFromIndex(index: number): Position {
    return this.script.locate(index);
  }

  getIndexFromLoc(position: Position): number {
    return this.script.lines.offsetOf(position);
  }

  /** `-- eslint idempotent-sql/no-bare-insert: "warn"` sets rules for the file. */
  applyInlineConfig(): {
    configs: { config: { rules: Record<string, unknown> }; loc: Location }[];
    problems: { ruleId: null; message: string; loc: Location }[];
  } {
    const configs: { config: { rules: Record<string, unknown> }; loc: Location }[] = [];
    const problems: { ruleId: null; message: string; loc: Location }[] = [];
    for (const comment of this.ast.comments) {
      const directive = /^\s*eslint\s/.test(comment.value)
        ? commentParser.parseDirective(directiveText(comment))
        : undefined;
      if (directive?.label !== 'eslint') continue;
      const parsed = commentParser.parseJSONLikeConfig(directive.value);
      if (parsed.ok) configs.push({ config: { rules: parsed.config }, loc: comment.loc });
      else problems.push({ ruleId: null, message: parsed.error.message, loc: comment.loc });
    }
    return { configs, problems };
  }

  /** ESLint's comments that switch rules off, and ours, which mean the same. */
  getDisableDirectives(): { directives: Directive[]; problems: { ruleId: null; message: string; loc: Location }[] } {
    const directives: Directive[] = [];
    const problems: { ruleId: null; message: string; loc: Location }[] = [];
    for (const comment of this.ast.comments) {
      const directive = /^\s*eslint-/.test(comment.value)
        ? commentParser.parseDirective(directiveText(comment))
        : undefined;
      const type = directive && TYPES.find((t) => `eslint-${t}` === directive.label);
      if (type)
        directives.push(
          new Directive({ type, node: comment, value: directive.value, justification: directive.justification }),
        );
    }
    for (const directive of readDirectives(this.script)) {
      if (directive.prefix === 'eslint') continue;
      const loc = this.locOf(directive.start, directive.end);
      const known = directive.names.filter(({ name, start, end }) => {
        if (Object.hasOwn(rules, name)) return true;
        const meant = nearest(name, Object.keys(rules));
        problems.push({
          ruleId: null,
          message: `Unknown rule "${name}" in sql-lint-${directive.type}${meant ? `; did you mean "${meant}"?` : '.'}`,
          loc: this.locOf(start, end),
        });
        return false;
      });
      if (known.length > 0 || directive.all)
        directives.push(
          this.toDirective(
            directive,
            known.map((k) => k.name),
            loc,
          ),
        );
    }
    return { directives, problems };
  }

  private toDirective(directive: OurDirective, names: readonly string[], loc: Location): Directive {
    const wholeFile = directive.type === 'disable-file';
    return new Directive({
      type: wholeFile ? 'disable' : (directive.type as (typeof TYPES)[number]),
      // ESLint has no word for a whole file: what is switched off before the first character is.
      node: {
        range: [directive.start, directive.end],
        loc: wholeFile ? { start: { line: 1, column: 1 }, end: loc.end } : loc,
      },
      value: names.map((name) => `${NAMESPACE}/${name}`).join(', '),
      justification: directive.reason,
    });
  }

  *traverse(): Generator<VisitNodeStep> {
    yield new VisitNodeStep({ target: this.ast, phase: 1, args: [this.ast] });
    for (const node of this.ast.statements) yield* this.visit(node);
    yield new VisitNodeStep({ target: this.ast, phase: 2, args: [this.ast] });
  }

  private *visit(node: StatementNode): Generator<VisitNodeStep> {
    yield new VisitNodeStep({ target: node, phase: 1, args: [node] });
    for (const child of node.children) yield* this.visit(child);
    yield new VisitNodeStep({ target: node, phase: 2, args: [node] });
  }

  /** The statement that a node stands for, as our rules want it. */
  statementFor(node: SqlNode): Statement | undefined {
    return node.type === 'Script' ? undefined : this.statementOf.get(node as StatementNode);
  }
}

const TYPES = ['disable', 'enable', 'disable-line', 'disable-next-line'] as const;
