import { settingsSchema } from '../config/schema.ts';
import type { Settings } from '../config/types.ts';
import { validate } from '../config/validate.ts';
import type { SourceOptions } from '../rules/api/source.ts';
import { FolderHistory } from './history.ts';
import { SqlSourceCode, visitorKeys } from './source-code.ts';
import { flatMap } from '../lists.ts';
import { nearest } from '../nearest.ts';

/** What `languageOptions` of a configuration object may hold for SQL files. */
export type SqlLanguageOptions = Pick<Settings, 'postgresVersion' | 'exposedSchemas' | 'styles' | 'history'>;

const OPTIONS = ['postgresVersion', 'exposedSchemas', 'styles', 'history'] as const;
/** Options of JavaScript, and of the other languages that ESLint's own packages have. */
const FOREIGN = [
  ...['ecmaVersion', 'sourceType', 'globals', 'parser', 'parserOptions', 'tolerant', 'customSyntax'],
  ...['allowTrailingCommas', 'frontmatter', 'templateEngineSyntax'],
];

interface File {
  path: string;
  physicalPath: string;
  body: string | Uint8Array;
  bom: boolean;
}

interface Context {
  languageOptions?: SqlLanguageOptions;
}

/** PostgreSQL's SQL as a language of ESLint's. The parser must have been loaded before. */
export function createLanguage() {
  const folders = new FolderHistory();
  return {
    fileType: 'text' as const,
    lineStart: 1 as const,
    columnStart: 1 as const,
    nodeTypeKey: 'type',
    visitorKeys,
    /** ESLint's rule `strict` looks into it without asking. */
    defaultLanguageOptions: { parserOptions: {} },

    /** Options of other languages reach here too, from configuration objects for all files. Others are mistakes. */
    validateLanguageOptions(options: Record<string, unknown> = {}): void {
      const mistakes = flatMap(OPTIONS, (key) =>
        options[key] === undefined ? [] : validate(options[key], settingsSchema[key]!, `languageOptions.${key}`),
      );
      for (const key of Object.keys(options)) {
        if ((OPTIONS as readonly string[]).includes(key) || FOREIGN.includes(key)) continue;
        const meant = nearest(key, OPTIONS);
        const hint = meant ? `did you mean "${meant}"?` : `there are ${OPTIONS.join(', ')}`;
        mistakes.push(`unknown key "languageOptions.${key}"; ${hint}`);
      }
      if (mistakes.length > 0) throw new TypeError(mistakes.join('; '));
    },

    /** Nothing can go wrong here: statements that PostgreSQL does not accept are what `no-syntax-error` reports. */
    parse(file: File): { ok: true; ast: object } {
      return { ok: true, ast: { type: 'Script', body: file.body } };
    },

    createSourceCode(file: File, _parsed: object, context?: Context): SqlSourceCode {
      const text = typeof file.body === 'string' ? file.body : new TextDecoder().decode(file.body);
      const { history = true, postgresVersion, exposedSchemas, styles } = context?.languageOptions ?? {};
      const options: Partial<SourceOptions> = {
        ...styles,
        ...(postgresVersion !== undefined && { postgresVersion }),
        ...(exposedSchemas && { exposedSchemas }),
      };
      const source = new SqlSourceCode(text, file.path, history ? folders.placeOf(file.physicalPath) : {}, options);
      source.hasBOM = file.bom;
      return source;
    },
  };
}
