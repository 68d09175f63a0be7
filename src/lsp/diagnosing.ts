/** When the texts of an editor are looked at, and what it is told of them. */
import type { Diagnostic } from 'vscode-languageserver/node';
import type { Checked, Checking } from './checking.ts';
import { diagnosticsOf } from './diagnostics.ts';
import type { Sheet } from './documents.ts';
import { Lane, Pace, Stale } from './pace.ts';

/** How long a text rests before it is looked at: who types fast is not interrupted. */
const REST_MS = 100;
/** How long all texts rest before those of the same folder are looked at once more, with all that depends on them. */
const SETTLE_MS = 400;

/** Whom the server tells of what it finds. */
export interface Audience {
  /** Shows the diagnostics of a text, in the place of those from before. */
  publish(uri: string, version: number | undefined, diagnostics: Diagnostic[]): void;
  /** Whether the editor asks for findings itself. */
  pulls(): boolean;
  /** Asks the editor to ask again. */
  refresh(): void;
  /** Told of each bug that was met. */
  crashed(sheet: Sheet, error: Error): void;
}

/** A text that is open, and what is known of it. */
interface Desk {
  sheet: Sheet;
  /** What came of looking at it, and at which edition of everything. */
  checked: { edition: number; isOld: boolean; value: Checked } | undefined;
  /** What the editor was told last. */
  told: string | undefined;
  /** The findings that it was told last. */
  found: Diagnostic[];
  /** Whether the text is looked at only when it is saved, and was changed since. */
  isUnsaved: boolean;
  /** What is said of it besides findings, such as a proof. */
  notes: readonly Diagnostic[];
}

export class Diagnosing {
  private readonly desks = new Map<string, Desk>();
  private readonly checking: Checking;
  private readonly audience: Audience;
  private readonly lane = new Lane();
  /** Counts everything that may change what is found anywhere. */
  private edition = 0;
  /** The work in the background. */
  private background = new AbortController();
  private change = new AbortController();
  private isBusy = false;
  private readonly waiting = new Set<string>();
  private restTimer: NodeJS.Timeout | undefined;
  private settleTimer: NodeJS.Timeout | undefined;

  constructor(checking: Checking, audience: Audience) {
    this.checking = checking;
    this.audience = audience;
  }

  /** The text that is open at an address. */
  sheetOf(uri: string): Sheet | undefined {
    return this.desks.get(uri)?.sheet;
  }

  get sheets(): readonly Sheet[] {
    return [...this.desks.values()].map(({ sheet }) => sheet);
  }

  /**
   * Takes a text, a new one or another one of the same document.
   * @param now whether it is looked at, and not only remembered
   */
  take(sheet: Sheet, now: boolean): void {
    const desk = this.desks.get(sheet.uri);
    const hadNotes = desk !== undefined && desk.notes.length > 0;
    this.checking.open(sheet);
    const isUnsaved = !now && desk !== undefined;
    if (desk) Object.assign(desk, { sheet, checked: undefined, notes: [], isUnsaved });
    else this.desks.set(sheet.uri, { sheet, checked: undefined, told: undefined, found: [], notes: [], isUnsaved });
    this.hasChanged();
    // What was said of the text before, such as a proof, is said no longer.
    if (now || !desk || hadNotes) this.look(sheet.uri);
  }

  close(uri: string): void {
    const desk = this.desks.get(uri);
    if (!desk) return;
    this.desks.delete(uri);
    this.waiting.delete(uri);
    this.checking.close(desk.sheet);
    this.audience.publish(uri, undefined, []);
    this.hasChanged();
    this.settle();
  }

  /** Everything that was found may be another now: settings, or files that are not open. */
  invalidate(): void {
    this.hasChanged();
    for (const uri of this.desks.keys()) this.waiting.add(uri);
    this.rest();
  }

  private hasChanged(): void {
    this.edition++;
    this.endBackground();
    this.change.abort(new Stale());
    this.change = new AbortController();
  }

  /** A pace that ends with the next change of any text: who types is served first. */
  untilChange({ signal }: Pace): Pace {
    return new Pace(AbortSignal.any([signal, this.change.signal]));
  }

  private endBackground(): void {
    this.background.abort(new Stale());
    this.background = new AbortController();
  }

  /** Somebody waits: what is done in the background begins anew later. */
  private giveWay(): void {
    if (this.isBusy) this.endBackground();
  }

  /** Has a text looked at soon. */
  look(uri: string): void {
    const desk = this.desks.get(uri);
    if (desk) desk.isUnsaved = false;
    this.waiting.add(uri);
    this.rest();
    this.settle();
  }

  private rest(): void {
    clearTimeout(this.restTimer);
    this.restTimer = setTimeout(() => void this.lookAtWaiting(), REST_MS);
  }

  private settle(): void {
    clearTimeout(this.settleTimer);
    this.settleTimer = setTimeout(() => void this.lookAtAll(), SETTLE_MS);
  }

  private async lookAtWaiting(): Promise<void> {
    const { signal } = this.background;
    for (const uri of [...this.waiting]) {
      const desk = this.desks.get(uri);
      if (!desk) this.waiting.delete(uri);
      else if (!(await this.lookAt(desk, signal, true))) return;
      else this.waiting.delete(uri);
    }
  }

  private isKept = false;

  /** Looks at all that is open, in the order of the files: what one of them changes counts for those behind it. */
  private async lookAtAll(): Promise<void> {
    const { signal } = this.background;
    const byPath = new Map([...this.desks.values()].map((desk) => [desk.sheet.path, desk]));
    const inOrder = this.checking.workspace.history.projects.inOrder([...byPath.keys()]);
    for (const path of inOrder) if (!(await this.lookAt(byPath.get(path)!, signal, false))) return;
    if (!this.isKept) this.checking.keep();
    this.isKept = true;
  }

  /** @returns whether the work was done, and not ended by something that makes it stale */
  private async lookAt(desk: Desk, signal: AbortSignal, old: boolean): Promise<boolean> {
    const { sheet } = desk;
    // It is looked at when it is saved.
    if (desk.isUnsaved) return true;
    this.isBusy = true;
    try {
      const checked = await this.checked(sheet, new Pace(signal), old);
      if (this.desks.get(sheet.uri)?.sheet === sheet) this.tell(desk, checked);
      return true;
    } catch (error) {
      if (error instanceof Stale) {
        // What made it stale may have been in another text.
        this.rest();
        this.settle();
        return false;
      }
      this.audience.crashed(sheet, error instanceof Error ? error : new Error(String(error)));
      return true;
    } finally {
      this.isBusy = false;
    }
  }

  /** What there is to say of a text to an editor that asks. */
  async answer(sheet: Sheet, pace: Pace): Promise<Diagnostic[]> {
    const desk = this.desks.get(sheet.uri);
    if (desk?.isUnsaved) return desk.found;
    const found = diagnosticsOf(await this.ask(sheet, pace), sheet);
    if (desk?.sheet === sheet) Object.assign(desk, { found, told: JSON.stringify([found, desk.notes]) });
    return found;
  }

  /** What is found in a text, for somebody who waits. What was known of other files will do. */
  ask(sheet: Sheet, pace: Pace): Promise<Checked> {
    this.giveWay();
    return this.checked(sheet, pace, true);
  }

  /**
   * What is found in a text.
   * @param old whether what was known of other files before one of them has changed will do
   */
  private async checked(sheet: Sheet, pace: Pace, old: boolean): Promise<Checked> {
    return this.lane.run(async () => {
      pace.signal.throwIfAborted();
      const desk = this.desks.get(sheet.uri);
      // The text has changed since somebody asked.
      if (desk && desk.sheet !== sheet) throw new Stale();
      const known = desk?.sheet === sheet ? desk.checked : undefined;
      if (known?.edition === this.edition && (old || !known.isOld)) return known.value;
      const { edition } = this;
      const value = await this.checking.check(sheet, pace, old);
      if (value.kind === 'failed' && value.crash) this.audience.crashed(sheet, value.crash);
      if (desk?.sheet === sheet) desk.checked = { edition, isOld: old, value };
      return value;
    });
  }

  /** Does something that goes through the files of a folder, when its turn comes. */
  inLane<T>(work: () => Promise<T>): Promise<T> {
    this.giveWay();
    return this.lane.run(work);
  }

  /** Says something of a text besides what is found in it, until it changes. */
  note(uri: string, notes: readonly Diagnostic[]): void {
    const desk = this.desks.get(uri);
    if (!desk) return;
    desk.notes = notes;
    if (desk.checked) this.tell(desk, desk.checked.value);
    else this.look(uri);
  }

  private tell(desk: Desk, checked: Checked): void {
    const { sheet, notes } = desk;
    const found = diagnosticsOf(checked, sheet);
    const pulls = this.audience.pulls();
    const pushed = pulls ? notes : [...found, ...notes];
    const told = JSON.stringify([found, notes]);
    if (desk.told === told) return;
    Object.assign(desk, { told, found });
    this.audience.publish(sheet.uri, sheet.version, [...pushed]);
    if (pulls) this.audience.refresh();
  }
}
