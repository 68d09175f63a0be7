// Counts what each rule finds in a folder of migrations: node bench/rules.js FOLDER [--sample N].
// Every file is linted in its place, with the preset that its path asks for; --sample prints N findings of each rule.
import { execFileSync } from 'node:child_process';
import { relative, resolve } from 'node:path';

const [folder, flag, size = '20'] = process.argv.slice(2);
if (!folder) {
  console.error('usage: node bench/rules.js FOLDER [--sample N]');
  process.exit(2);
}

/** @returns {string} */
const run = () => {
  try {
    return execFileSync(process.execPath, ['dist/cli.js', '--format', 'json', resolve(folder)], {
      maxBuffer: 2 ** 30,
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'ignore'],
    });
  } catch (thrown) {
    const error = /** @type {import('node:child_process').SpawnSyncReturns<string>} */ (thrown);
    // Exit code 1 says that there are findings.
    if (error.status !== 1) throw error;
    return error.stdout;
  }
};
const results = JSON.parse(run());

const rules = new Map();
for (const { filePath, messages } of results) {
  for (const { ruleId, severity, line, message, fix, suggestions } of messages) {
    if (!rules.has(ruleId))
      rules.set(ruleId, { errors: 0, warnings: 0, fixable: 0, suggestions: 0, files: new Set(), findings: [] });
    const rule = rules.get(ruleId);
    rule[severity === 2 ? 'errors' : 'warnings']++;
    if (fix) rule.fixable++;
    else if (suggestions?.length) rule.suggestions++;
    rule.files.add(filePath);
    rule.findings.push(`${relative(folder, filePath)}:${line} ${message}`);
  }
}
const sorted = [...rules].sort(([, a], [, b]) => b.findings.length - a.findings.length);

console.log(
  `${results.length} files\n\n| rule | errors | warnings | with a fix | with a suggestion | files |\n|---|--:|--:|--:|--:|--:|`,
);
for (const [name, r] of sorted)
  console.log(`| ${name} | ${r.errors} | ${r.warnings} | ${r.fixable} | ${r.suggestions} | ${r.files.size} |`);

if (flag === '--sample') {
  for (const [name, { findings }] of sorted) {
    console.log(`\n## ${name}\n`);
    // Spread evenly, so that one project with many findings does not fill the sample.
    const step = Math.max(1, findings.length / Number(size));
    for (let k = 0; k < Math.min(Number(size), findings.length); k++) console.log(findings[Math.floor(k * step)]);
  }
}
