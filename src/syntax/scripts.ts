import type { FileKind } from '../project/format.ts';
import { parseStatement, type Parsed } from './parse.ts';
import { Script } from './script.ts';

/**
 * The statements of one text, by their own texts. What the text before it had is taken over, so that only the
 * statements that have changed are parsed. Nodes must not be changed.
 */
class Statements {
  /** By the sampled hash of the text. */
  private readonly own = new Map<number, { text: string; parsed: Parsed }>();
  private readonly before: Statements['own'] | undefined;

  constructor(before?: Statements) {
    this.before = before?.own;
  }

  readonly parse = (text: string): Parsed => {
    const key = sampledHash(text);
    const own = this.own.get(key);
    if (own?.text === text) return own.parsed;
    const known = this.before?.get(key);
    const parsed = known?.text === text ? known.parsed : parseStatement(text);
    this.own.set(key, { text, parsed });
    return parsed;
  };
}

/**
 * A hash of about 16 characters of a text. Collisions are resolved by comparing the texts. V8's own hash would read
 * each text to its end, and most are never looked for again.
 */
function sampledHash(text: string): number {
  let sum = text.length;
  const step = (sum >> 4) + 1;
  for (let k = text.length - 1; k >= 0; k -= step) sum = (Math.imul(sum, 31) + text.charCodeAt(k)) | 0;
  return sum;
}

/**
 * Scripts by their paths. The latest is always remembered: what was linted is read again as history, and once more
 * before it is fixed. Trees that are kept for no use cost more than they took to make: the garbage collector copies
 * them.
 */
export class Scripts {
  private readonly recent = new Map<string, { script: Script; statements: Statements }>();
  private remembered = 0;
  private readonly limit: number;

  /**
   * @param remember how many characters the scripts besides the latest may have together, for those who go back and
   * forth
   */
  constructor({ remember = 0 }: { remember?: number } = {}) {
    this.limit = remember;
  }

  /** The script of a text. Of another text of the same path, what is the same in both is not parsed again. */
  read(text: string, path = '', kind: FileKind = {}): Script {
    const known = this.recent.get(path);
    if (known?.script.text === text && known.script.tool === kind.tool && known.script.role === kind.role) {
      // The one that was not asked for longest is the first to go.
      this.recent.delete(path);
      this.recent.set(path, known);
      return known.script;
    }
    const statements = new Statements(known?.statements);
    const script = new Script(text, path, kind, statements.parse);
    this.forget(path);
    this.makeRoom();
    this.recent.set(path, { script, statements });
    this.remembered += text.length;
    return script;
  }

  /** Whether so many characters are remembered together. */
  holds(characters: number): boolean {
    return characters <= this.limit;
  }

  private forget(path: string): void {
    const known = this.recent.get(path);
    if (!known) return;
    this.recent.delete(path);
    this.remembered -= known.script.text.length;
  }

  private makeRoom(): void {
    for (const path of this.recent.keys()) {
      if (this.remembered <= this.limit) break;
      this.forget(path);
    }
  }
}
