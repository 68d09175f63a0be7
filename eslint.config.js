import { existsSync } from 'node:fs';
import js from '@eslint/js';
import { defineConfig } from 'eslint/config';
import tseslint from 'typescript-eslint';

export default defineConfig(
  { ignores: ['dist/', 'coverage/', 'examples/', 'bench/node_modules/', 'src/syntax/pg-query/tree.ts', '.cache/'] },
  // Where the packages of the extension are not installed, nothing is known of what it calls.
  { ignores: ['**/build/', ...(existsSync('editors/vscode/node_modules') ? [] : ['editors/vscode/src/extension.ts'])] },
  js.configs.recommended,
  ...tseslint.configs.strictTypeChecked,
  ...tseslint.configs.stylistic,
  {
    languageOptions: { parserOptions: { projectService: true, tsconfigRootDir: import.meta.dirname } },
    linterOptions: { reportUnusedDisableDirectives: 'error' },
    rules: {
      '@typescript-eslint/consistent-type-imports': 'error',
      // Without them a new member of a union compiles, and does nothing.
      '@typescript-eslint/switch-exhaustiveness-check': ['error', { considerDefaultExhaustiveForUnions: true }],
      complexity: ['error', 20],
      'max-depth': ['error', 4],
      eqeqeq: ['error', 'always', { null: 'ignore' }],

      '@typescript-eslint/restrict-template-expressions': ['error', { allowNumber: true }],
      '@typescript-eslint/restrict-plus-operands': ['error', { allowNumberAndString: true }],
      '@typescript-eslint/no-misused-spread': 'off', // [...text] is how this code counts code points.
      '@typescript-eslint/no-non-null-assertion': 'off', // The price of noUncheckedIndexedAccess.
      '@typescript-eslint/no-confusing-void-expression': 'off',
      '@typescript-eslint/no-meaningless-void-operator': 'off',
      '@typescript-eslint/no-deprecated': 'off',
      '@typescript-eslint/require-await': 'off', // Commands share one signature, whether they wait or not.
      '@typescript-eslint/unbound-method': 'off',
    },
  },
  {
    files: ['src/**', 'scripts/**', 'bench/**', 'editors/**'],
    rules: {
      'max-len': ['error', 120],
      'max-lines-per-function': ['error', { max: 60, skipBlankLines: true, skipComments: true }],
    },
  },
  {
    // They write text, whose lines are as long as they are.
    files: ['scripts/**', 'bench/**', 'editors/vscode/scripts/**', 'src/reporters/html.ts', 'src/reporters/html/**'],
    rules: { 'max-len': ['error', { code: 120, ignoreTemplateLiterals: true }] },
  },
  {
    files: ['src/**/*.ts'],
    rules: {
      'no-restricted-properties': [
        'error',
        { property: 'flatMap', message: 'Use that of src/lists.ts, which is fifteen times as fast.' },
      ],
    },
  },
  {
    // Queries and messages are texts, and stay in one piece.
    files: ['src/verify/**', 'src/database/**', 'src/schema/**'],
    rules: {
      'max-len': [
        'error',
        { code: 120, ignoreStrings: true, ignoreTemplateLiterals: true, ignoreRegExpLiterals: true },
      ],
    },
  },
  {
    files: ['**/*.js'],
    extends: [tseslint.configs.disableTypeChecked],
    languageOptions: {
      globals: Object.fromEntries(
        ['process', 'console', 'URL', 'performance', 'setTimeout', 'clearTimeout', 'Buffer'].map((name) => [
          name,
          'readonly',
        ]),
      ),
    },
  },
);
