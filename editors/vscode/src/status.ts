/** The text of the status bar. */

/** What the server says of a proof. */
export interface Proof {
  ok: boolean;
  message: string;
  files: readonly { uri: string; verdict: string; message: string }[];
}

/** What is known when the status bar is drawn. */
export interface Known {
  state: 'starting' | 'running' | 'stopped';
  /** How many findings the file has that is looked at; undefined where it is none of ours. */
  findings: number | undefined;
  /** The last proof that speaks of that file. */
  proof: Proof | undefined;
  /** The words on the server. */
  server: string;
}

export interface Status {
  text: string;
  tooltip: string;
  isError: boolean;
}

/** Undefined where there is nothing to show. */
export function statusOf({ state, findings, proof, server }: Known): Status | undefined {
  if (state === 'stopped')
    return { text: '$(error) sql-lint', tooltip: `The server does not run.\n${server}`, isError: true };
  if (state === 'starting') return { text: '$(sync~spin) sql-lint', tooltip: server, isError: false };
  if (findings === undefined) return undefined;
  const found = findings === 0 ? '$(check) sql-lint' : `$(warning) sql-lint: ${findings}`;
  const proven = proof === undefined ? '' : proof.ok ? '  $(verified) proven' : '  $(x) not proven';
  const said = findings === 0 ? 'No problems.' : findings === 1 ? '1 problem.' : `${findings} problems.`;
  const last = proof === undefined ? 'Not proven yet.' : `Last proof: ${proof.message}`;
  return { text: found + proven, tooltip: `${said}\n${last}\n${server}`, isError: proof?.ok === false };
}

/** The proof that counts for a file: the last one that speaks of it, if the file has not changed since. */
export class Proofs {
  private readonly last = new Map<string, Proof>();

  add(proof: Proof): void {
    for (const { uri, verdict, message } of proof.files)
      this.last.set(uri, { ok: verdict === 'ok', message, files: proof.files });
  }

  /** A file has changed: what was proven is another text. */
  forget(uri: string): void {
    this.last.delete(uri);
  }

  of(uri: string): Proof | undefined {
    return this.last.get(uri);
  }
}
