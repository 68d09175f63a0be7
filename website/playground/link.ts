/** What the playground shows, as text for the fragment of an address, which browsers send to nobody. */
import type { ToolName } from '../../src/browser/index.ts';
import type { Preset } from '../../src/rules/api/rule.ts';

export interface PlayFile {
  /** `001_notes.sql`, or a path with folders. */
  name: string;
  text: string;
}

const SEVERITIES = ['off', 'warn', 'error'] as const;
type RuleSeverity = (typeof SEVERITIES)[number];

export interface PlayState {
  /** In the order in which they run, as far as no migration tool says otherwise. */
  files: PlayFile[];
  /** The file that is shown. @default the last */
  active?: number | undefined;
  /** @default recommended, or supabase in that environment */
  preset?: Preset | undefined;
  /** Severities that go before those of the preset, by the rules' names. */
  rules?: Record<string, RuleSeverity> | undefined;
  /** The oldest PostgreSQL that the migrations must run on. @default 14 */
  postgres?: number | undefined;
  /** @default what the names of the files tell */
  tool?: ToolName | undefined;
  /** @default plain */
  environment?: 'plain' | 'supabase' | undefined;
}

/** What stands before the compressed text; another form gets another one. */
const VERSION = 'v1.';
/** A fragment that is longer is no link that people can send. */
const MOST_CHARACTERS = 32_000;
/** What somebody has packed to fill the memory is not unpacked. */
const MOST_BYTES = 20_000_000;

/** The fragment of a link, without `#`; undefined where it would be too long for one. */
export async function encode(state: PlayState): Promise<string | undefined> {
  const packed = new Blob([JSON.stringify(state)]).stream().pipeThrough(new CompressionStream('deflate-raw'));
  const bytes = new Uint8Array(await new Response(packed).arrayBuffer());
  if (bytes.length > MOST_CHARACTERS) return undefined;
  const base64 = btoa(Array.from(bytes, (byte) => String.fromCharCode(byte)).join(''));
  return VERSION + base64.replaceAll('+', '-').replaceAll('/', '_').replace(/=+$/, '');
}

/** What a fragment says; undefined where it is none of ours. @throws Error where it is damaged */
export async function decode(fragment: string): Promise<PlayState | undefined> {
  const said = fragment.replace(/^#/, '');
  if (!/^v\d+\./.test(said)) return undefined;
  if (!said.startsWith(VERSION)) throw new Error('the link was made by a newer version of this page');
  const base64 = said.slice(VERSION.length).replaceAll('-', '+').replaceAll('_', '/');
  const bytes = Uint8Array.from(atob(base64), (character) => character.charCodeAt(0));
  const stream = new Blob([bytes]).stream().pipeThrough(new DecompressionStream('deflate-raw'));
  return checked(JSON.parse(await textOf(stream)));
}

async function textOf(stream: ReadableStream<Uint8Array>): Promise<string> {
  const decoder = new TextDecoder();
  let text = '';
  const reader = stream.getReader();
  for (;;) {
    const { done, value } = await reader.read();
    if (done) return text + decoder.decode();
    text += decoder.decode(value, { stream: true });
    if (text.length > MOST_BYTES) throw new Error('the link holds too much');
  }
}

/** Takes nothing from a link but what has the right shape. */
function checked(said: unknown): PlayState {
  const { files, active, preset, rules, postgres, tool, environment } = said as Partial<
    Record<keyof PlayState, unknown>
  >;
  if (!Array.isArray(files) || files.length === 0 || !files.every(isFile)) throw new Error('the link has no files');
  return {
    files: files.map(({ name, text }) => ({ name, text })),
    ...(typeof active === 'number' && files[active] !== undefined && { active }),
    ...(typeof preset === 'string' && { preset: preset as Preset }),
    ...(isRules(rules) && { rules }),
    ...(typeof postgres === 'number' && postgres >= 12 && postgres <= 18 && { postgres }),
    ...(typeof tool === 'string' && { tool: tool as ToolName }),
    ...((environment === 'plain' || environment === 'supabase') && { environment }),
  };
}

const isFile = (file: unknown): file is PlayFile => {
  const { name, text } = (file ?? {}) as Partial<Record<keyof PlayFile, unknown>>;
  return typeof name === 'string' && name !== '' && !name.split('/').includes('..') && typeof text === 'string';
};

const isRules = (rules: unknown): rules is Record<string, RuleSeverity> =>
  typeof rules === 'object' &&
  rules !== null &&
  Object.values(rules).every((severity) => SEVERITIES.includes(severity as RuleSeverity));
