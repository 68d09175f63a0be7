import { Linter, type ESLint } from 'eslint';
import { builtinRules } from 'eslint/use-at-your-own-risk';
import { beforeAll, describe, expect, it } from 'vitest';
import plugin, { type ScriptNode, type StatementNode } from '../../src/eslint/index.ts';

let linter: Linter;
beforeAll(() => {
  linter = new Linter({ configType: 'flat', cwd: '/' });
});

const SQL = `-- TODO: say what for
create table a (id int);\t

do $$ begin
  create table b (id int);
end $$;
this is no sql;
/* eslint-env node */
`;

const only = (rules: Linter.RulesRecord, more: Partial<Linter.Config> = {}): Linter.Config[] => [
  { ...plugin.configs.strict, ...more, rules },
];
const verify = (text: string, config: Linter.Config[]) => linter.verify(text, config, { filename: '/project/1.sql' });
const BARE = { 'idempotent-sql/no-bare-create': 'error' } as const;
/** The lines of the messages, with the rule that each comes from. */
const places = (messages: Linter.LintMessage[]) =>
  messages.map((m) => `${m.line}:${m.column} ${m.ruleId ?? m.message}`);

describe('the language', () => {
  it("lets none of ESLint's own rules crash", () => {
    expect(builtinRules.size).toBeGreaterThan(250);
    for (const name of builtinRules.keys()) expect(() => verify(SQL, only({ [name]: 'error' })), name).not.toThrow();
  });

  it('gives every node a type, a range, a location and a parent', () => {
    verify(SQL, only({}));
    const { ast } = linter.getSourceCode() as unknown as { ast: ScriptNode };
    const shape = (node: StatementNode): unknown => [
      node.type,
      SQL.slice(...node.range).split('\n')[0],
      node.loc.start,
      node.parent.type,
      node.children.map(shape),
    ];
    expect(ast).toMatchObject({
      type: 'Script',
      range: [0, SQL.length],
      loc: { start: { line: 1, column: 1 } },
      parent: null,
    });
    expect(ast.statements.map(shape)).toEqual([
      ['CreateStmt', 'create table a (id int);', { line: 2, column: 1 }, 'Script', []],
      [
        'DoStmt',
        'do $$ begin',
        { line: 4, column: 1 },
        'Script',
        [['CreateStmt', 'create table b (id int);', { line: 5, column: 3 }, 'DoStmt', []]],
      ],
      ['BrokenStmt', 'this is no sql;', { line: 7, column: 1 }, 'Script', []],
    ]);
    expect(ast.comments.map((c) => [c.type, c.value])).toEqual([
      ['Line', ' TODO: say what for'],
      ['Block', ' eslint-env node '],
    ]);
  });

  it("can be asked with selectors, by other people's rules too", () => {
    expect(places(verify(SQL, only({ 'no-restricted-syntax': ['error', 'DoStmt > CreateStmt'] })))).toEqual([
      '5:3 no-restricted-syntax',
    ]);
  });

  it('takes options, and says which are wrong', () => {
    const trigger = 'CREATE TRIGGER t AFTER INSERT ON a EXECUTE FUNCTION f();';
    const fixed = (postgresVersion: number) =>
      linter.verifyAndFix(trigger, only(BARE, { languageOptions: { postgresVersion } }), { filename: '/project/1.sql' })
        .output;
    expect(fixed(14)).toContain('CREATE OR REPLACE TRIGGER');
    expect(fixed(13)).toContain('DROP TRIGGER IF EXISTS');
    expect(() => verify(SQL, only({}, { languageOptions: { postgresVersion: 9 } }))).toThrow(
      '"languageOptions.postgresVersion" must be a whole number from 12 to 18, not 9',
    );
    expect(() => verify(SQL, only({}, { languageOptions: { postgresVersoin: 16 } }))).toThrow(
      'unknown key "languageOptions.postgresVersoin"; did you mean "postgresVersion"?',
    );
    expect(() => verify(SQL, only({}, { languageOptions: { ecmaVersion: 2020, globals: {} } }))).not.toThrow();
  });

  it('counts columns in UTF-16 code units and does not count a byte order mark', () => {
    const text = '\uFEFF/* 🦣 */ create table a (id int);';
    expect(places(verify(text, only(BARE)))).toEqual(['1:10 idempotent-sql/no-bare-create']);
    expect(linter.verifyAndFix(text, only(BARE), { filename: '/project/1.sql' }).output).toBe(
      '\uFEFF/* 🦣 */ create table if not exists a (id int);',
    );
  });

  it('does not run its rules on files of other languages', () => {
    const config = [
      { ...(plugin.configs.recommended as object), files: ['**/*.js'], language: '@/js' },
    ] as Linter.Config[];
    expect(() => linter.verify('create()', config, { filename: '/project/a.js' })).toThrow('language');
  });
});

describe('comments', () => {
  it("switch rules off in ESLint's words and in ours", () => {
    const text = `-- eslint-disable-next-line idempotent-sql/no-bare-create -- once only
create table a ();
create table b (); -- sql-lint-disable-line no-bare-create
-- sql-lint-disable
create table c ();
-- sql-lint-enable
create table d ();
/* eslint-disable */
create table e ();
`;
    expect(places(verify(text, only(BARE, { linterOptions: { reportUnusedDisableDirectives: 'error' } })))).toEqual([
      '7:1 idempotent-sql/no-bare-create',
    ]);
    expect(
      verify(
        'create table a ();\n-- sql-lint-disable-file no-bare-create',
        only(BARE, { linterOptions: { reportUnusedDisableDirectives: 'off' } }),
      ),
    ).toEqual([]);
  });

  it('that switch off nothing are reported, and removed', () => {
    const config = only(BARE, { linterOptions: { reportUnusedDisableDirectives: 'error' } });
    const text = 'drop table a; -- sql-lint-disable-line no-bare-create\n';
    expect(verify(text, config)[0]?.message).toContain(
      "no problems were reported from 'idempotent-sql/no-bare-create'",
    );
    expect(linter.verifyAndFix(text, config, { filename: '/project/1.sql' }).output).toBe('drop table a;  \n');
  });

  it('set rules for the file', () => {
    expect(verify('-- eslint idempotent-sql/no-bare-create: "warn"\ncreate table a ();', only(BARE))[0]?.severity).toBe(
      1,
    );
  });

  it('name rules that there are', () => {
    expect(verify('-- sql-lint-disable no-bare-crate', only(BARE))[0]?.message).toBe(
      'Unknown rule "no-bare-crate" in sql-lint-disable; did you mean "no-bare-create"?',
    );
  });
});

describe('the plugin', () => {
  it('has a configuration for every preset, with rules that it has', () => {
    expect(Object.keys(plugin.configs)).toEqual(expect.arrayContaining(['recommended', 'supabase', 'strict']));
    const { rules } = plugin as ESLint.Plugin;
    for (const config of Object.values(plugin.configs)) {
      for (const name of Object.keys(config.rules ?? {}))
        expect(rules).toHaveProperty([name.replace('idempotent-sql/', '')]);
    }
  });
});
