/** What `npm run locks` takes of the project, in one file. */
export { loadParser } from '../../src/syntax/parser.ts';
export { judge, readFacts } from './facts.ts';
