/** The names that rules had before, with those that they have. The old ones go on being understood. */
export const RENAMED: Readonly<Record<string, string>> = {
  // It speaks of statements, and a sequence is an object of PostgreSQL's.
  'no-bare-sequence': 'require-shared-guard',
};

/** The name that a rule has now. */
export const presentName = (name: string): string => (Object.hasOwn(RENAMED, name) ? RENAMED[name]! : name);
