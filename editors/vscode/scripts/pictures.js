// Draws the icon and the pictures of the README and of the walkthrough: node scripts/pictures.js, with Chromium.
// What they show is what the linter says, in a page that looks like an editor. They are kept in git.
import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { fixText, lintText, loadParser, presetRules } from '../../../dist/index.js';

const MEDIA = fileURLToPath(new URL('../media/', import.meta.url));
const BROWSER = process.env.CHROMIUM ?? 'chromium';
const FILE = 'supabase/migrations/20250501090000_notes.sql';
const SQL = `create table notes (
  id bigint primary key generated always as identity,
  author uuid not null,
  body text not null
);

create index on notes (author);

create policy if not exists "read own" on notes
  for select to authenticated using (author = auth.uid());
`;

const escaped = (text) => text.replace(/[&<>]/g, (c) => ({ '&': '&amp;', '<': '&lt;', '>': '&gt;' })[c]);
const KEYWORDS = new RegExp(
  `\\b(?:${'create|table|index|policy|if|not|exists|on|for|select|to|using|primary|key|generated|always|as|identity|null|drop|or|replace|do|begin|end|then'.split('|').join('|')})\\b`,
  'gi',
);
const colored = (text) =>
  escaped(text).replace(/"[^"]*"|'[^']*'|[\w]+/g, (word) =>
    /^["']/.test(word)
      ? `<s>${word}</s>`
      : word.replace(KEYWORDS, (known) => `<b>${known}</b>`).replace(/^(bigint|uuid|text|int)$/, '<i>$1</i>'),
  );

/** A text with what is found underlined, and the words of one finding below its line. */
function page(text, { messages, told, status }) {
  const lines = text.trimEnd().split('\n');
  const body = lines.map((line, k) => {
    const found = messages.filter((message) => message.line === k + 1);
    let html = colored(line);
    for (const { column, endLine, endColumn } of found.slice(0, 1)) {
      const to = endLine === k + 1 ? endColumn - 1 : line.length;
      const [before, inside, after] = [line.slice(0, column - 1), line.slice(column - 1, to), line.slice(to)];
      html = `${colored(before)}<u>${colored(inside)}</u>${colored(after)}`;
    }
    const words = found.find((message) => message === told);
    const hover = words
      ? `<div class=hover>${escaped(words.message)} <span>sql-lint(${words.ruleId})</span></div>`
      : '';
    return `<div class=line><span class=no>${k + 1}</span>${html || '&nbsp;'}</div>${hover}`;
  });
  return `<!doctype html><meta charset=utf-8><style>
  * { box-sizing: border-box } body { margin: 0; background: #1e1e1e; color: #d4d4d4; font: 15px/24px sans-serif }
  .tab { background: #252526; padding: 6px 16px; font-size: 13px; color: #fff }
  .text { padding: 12px 0; font: 15px/24px 'DejaVu Sans Mono', monospace; white-space: pre }
  .no { display: inline-block; width: 44px; padding-right: 16px; text-align: right; color: #858585 }
  b { color: #569cd6; font-weight: normal } i { color: #4ec9b0; font-style: normal } s { color: #ce9178; text-decoration: none }
  u { text-decoration: underline wavy #f14c4c 1.4px; text-underline-offset: 4px; text-decoration-skip-ink: none }
  .hover { margin: 4px 60px 6px; padding: 6px 10px; width: 740px; background: #252526; border: 1px solid #454545;
    font: 14px/20px sans-serif; white-space: normal; color: #cccccc } .hover span { color: #8a8a8a }
  .bar { position: fixed; bottom: 0; width: 100%; height: 26px; background: #1f3a5f; color: #fff; font-size: 13px;
    line-height: 26px; padding: 0 14px; text-align: right }
  </style><div class=tab>${FILE}</div><div class=text>${body.join('')}</div><div class=bar>${status}</div>`;
}

/** Two rounds through a table of rows, and a mark: it has run twice. */
const ICON = `<!doctype html><meta charset=utf-8><style>body { margin: 0; background: transparent }</style>
<svg xmlns="http://www.w3.org/2000/svg" width="256" height="256" viewBox="0 0 256 256">
  <rect width="256" height="256" rx="48" fill="#1f3a5f"/>
  <g fill="none" stroke="#ffffff" stroke-width="16" stroke-linecap="round" stroke-linejoin="round">
    <path d="M60 116a70 70 0 0 1 124-36"/><path d="M188 44v38h-38"/>
    <path d="M196 140a70 70 0 0 1-124 36"/><path d="M68 212v-38h38"/>
  </g>
  <path d="M98 130l22 22 42-46" fill="none" stroke="#5fd38d" stroke-width="18" stroke-linecap="round" stroke-linejoin="round"/>
</svg>`;

const folder = mkdtempSync(join(tmpdir(), 'sql-lint-pictures-'));

function shoot(name, html, width, height) {
  const source = join(folder, `${name}.html`);
  writeFileSync(source, html);
  execFileSync(
    BROWSER,
    [
      ...['--headless', '--no-sandbox', '--disable-gpu', '--hide-scrollbars', '--force-device-scale-factor=1'],
      ...['--default-background-color=00000000', `--window-size=${width},${height}`],
      ...[`--screenshot=${join(MEDIA, `${name}.png`)}`, pathToFileURL(source).href],
    ],
    { stdio: 'ignore' },
  );
}

await loadParser();
const options = { rules: presetRules('recommended') };
const found = lintText(SQL, FILE, options).messages;
const fixed = fixText(SQL, FILE, options);
const told = found.find(({ ruleId }) => ruleId === 'no-invented-syntax') ?? found[0];
shoot('icon', ICON, 256, 256);
shoot('findings', page(SQL, { messages: found, told, status: `&#9888; sql-lint: ${found.length}` }), 860, 420);
const [clean, proven] = ['&#10003; sql-lint', '&#10003; sql-lint &nbsp; &#10004; proven'];
shoot('fixed', page(fixed.output, { messages: fixed.messages, status: clean }), 860, 420);
shoot('proven', page(fixed.output, { messages: fixed.messages, status: proven }), 860, 420);
rmSync(folder, { recursive: true });
