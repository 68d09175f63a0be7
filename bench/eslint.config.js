import sql from '../dist/eslint.js';

export default [sql.configs.recommended];
