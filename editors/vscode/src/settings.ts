/** What people set, and what the server is told of it. */

export const SECTION = 'sql-lint';

/** Reads one setting, as `WorkspaceConfiguration.get` does. */
export type Get = (name: string) => unknown;

export interface ServerSettings {
  preset: string;
  run: string;
  proveOnSave: boolean;
}

/** The server says itself what is wrong with values that it does not know. */
export function initializationOptions(get: Get): ServerSettings {
  const text = (name: string, usual: string) => {
    const value = get(name);
    return typeof value === 'string' ? value : usual;
  };
  return { preset: text('preset', ''), run: text('run', 'onType'), proveOnSave: get('proveOnSave') === true };
}

/** Where the server is, if somebody says so. */
export function serverPath(get: Get): string {
  const value = get('path');
  return typeof value === 'string' ? value.trim() : '';
}
