// Holds what the preset `safety` finds against facts about locks: npm run locks -- FILE [--verbose] [--only TEXT]
// A fact is a case in the format of test/locking/facts.sql. Prints what is wrong, and at the end how many passed.
import { readFileSync, rmSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { bundle } from './bundle.js';

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { verbose: { type: 'boolean' }, only: { type: 'string' } },
});
if (positionals.length === 0) {
  console.error('usage: npm run locks -- FILE… [--verbose] [--only TEXT]');
  process.exit(2);
}

const address = await bundle('test/locking/run.ts');
const { loadParser, readFacts, judge } = await import(address.href);
rmSync(address);
await loadParser();
let passed = 0;
let failed = 0;
for (const file of positionals)
  for (const fact of readFacts(readFileSync(file, 'utf8'))) {
    if (values.only !== undefined && !fact.name.includes(values.only)) continue;
    const { found, wrong } = judge(fact);
    if (wrong === undefined) passed++;
    else failed++;
    if (wrong !== undefined) console.log(`FAIL ${fact.name} (${file}:${fact.line}): ${wrong}`);
    else if (values.verbose) console.log(`  ok ${fact.name}`);
    if (wrong !== undefined || values.verbose)
      for (const { rule, line, message } of found) console.log(`     ${rule} in line ${line}: ${message}`);
  }
console.log(`${passed} passed, ${failed} failed`);
process.exitCode = failed > 0 ? 1 : 0;
