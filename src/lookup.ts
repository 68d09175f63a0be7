/**
 * A table that is looked up by words of the user's: it has its own entries alone. Any other object also has
 * `constructor` and `toString`, which a column may be called.
 */
export const lookup = <T>(entries: Readonly<Record<string, T>>): Readonly<Record<string, T>> =>
  Object.assign(Object.create(null) as Record<string, T>, entries);
