/** The playground: a migration, its findings, what becomes of it, and what a second run does to it. */
import type { LintMessage } from '../../src/browser/index.ts';
import { commandOf, pathOf } from './command.ts';
import { arrowKeys, h, icon, newId } from './dom.ts';
import { Editor } from './editor.ts';
import { Engine } from './engine.ts';
import { DEFAULT, examples, type Example } from './examples.ts';
import { countOf, filesView, findingsView } from './findings.ts';
import { chosenFiles, droppedFiles } from './folders.ts';
import { decode, encode, type PlayFile, type PlayState } from './link.ts';
import { locksView, proofView, verdictOf, type ProofState } from './proof.ts';
import { STOPPED, SUPERSEDED, type Project } from './protocol.ts';
import './style.css';

/** How long nobody must have typed before the findings are asked for, and before somebody is told of them. */
const LINT_MS = 30;
const REPORT_MS = 400;
const LINK_MS = 300;
const TELL_MS = 1200;
/** More files have a list, and no tabs. */
const MOST_TABS = 12;

type Panel = 'findings' | 'diff' | 'proof' | 'locks' | 'files';
const PANELS: Record<Panel, string> = {
  findings: 'Findings',
  diff: 'Before and after',
  proof: 'Proof',
  locks: 'Locks',
  files: 'Files',
};

/** Shows the playground in an element. @returns what takes it away again */
export function mount(element: HTMLElement): () => void {
  const playground = new Playground(element);
  void playground.begin();
  return () => {
    playground.end();
  };
}

class Playground {
  private readonly root: HTMLElement;
  private readonly engine = new Engine();
  private readonly editor: Editor;
  private readonly ending = new AbortController();
  private state: PlayState = DEFAULT;
  private active = 0;
  private panel: Panel = 'findings';
  private readonly findings = new Map<string, LintMessage[]>();
  private proof: ProofState = { subject: 'written', state: 'none' };
  private takeAway: (() => void) | undefined;
  private readonly timers = new Map<string, ReturnType<typeof setTimeout>>();
  /** The text of which the fixes are shown. */
  private compared: string | undefined;
  private examples: Promise<readonly Example[]> | undefined;
  /** The fragment that the page has written itself. */
  private own = '';
  private readonly parts = partsOf();

  constructor(element: HTMLElement) {
    const { parts } = this;
    this.root = h('div', { class: 'play' }, ...layOut(parts, this.menus()));
    element.replaceChildren(this.root);
    this.editor = new Editor(parts.editor, { onChange: (text) => this.typed(text) });
    arrowKeys(parts.files, (tab) => tab.click());
    arrowKeys(parts.panels, (tab) => tab.click());
    this.listen();
  }

  private listen(): void {
    const { signal } = this.ending;
    addEventListener('hashchange', () => this.attempt(this.readLink()), { signal });
    const isFiles = (event: DragEvent) => event.dataTransfer?.types.includes('Files') ?? false;
    const over = (event: DragEvent) => {
      if (!isFiles(event)) return;
      event.preventDefault();
      this.root.classList.toggle('dropping', event.type === 'dragover');
    };
    this.root.addEventListener('dragover', over, { capture: true, signal });
    this.root.addEventListener('dragleave', over, { capture: true, signal });
    const drop = (event: DragEvent) => {
      if (!isFiles(event) || !event.dataTransfer) return;
      event.preventDefault();
      event.stopPropagation();
      this.root.classList.remove('dropping');
      this.attempt(droppedFiles(event.dataTransfer).then((files) => this.takeFiles(files)));
    };
    this.root.addEventListener('drop', drop, { capture: true, signal });
  }

  async begin(): Promise<void> {
    await this.readLink(DEFAULT);
    try {
      const { presets, tools } = await this.engine.ask('about', { project: this.project });
      const options = (all: readonly (readonly [value: string, label: string])[]) =>
        all.map(([value, label]) => h('option', { value }, label));
      this.parts.preset.append(...options(presets.map((preset) => [preset, preset])));
      this.parts.tool.append(...options(tools.map(({ name, title }) => [name, title])));
      this.showSettings();
    } catch (error) {
      this.fail(error);
    }
  }

  end(): void {
    this.ending.abort();
    this.engine.end();
    this.takeAway?.();
    this.editor.end();
    for (const timer of this.timers.values()) clearTimeout(timer);
    this.root.remove();
  }

  /** Shows what the address says. @param otherwise what is shown where it says nothing */
  private async readLink(otherwise?: PlayState): Promise<void> {
    const fragment = location.hash.slice(1);
    if (fragment === this.own && fragment !== '') return;
    let state: PlayState | undefined;
    let said = '';
    try {
      state = await decode(fragment);
    } catch (error) {
      said = `The link cannot be read: ${messageOf(error).replace(/\.$/, '')}.`;
    }
    const shown = state ?? otherwise;
    if (shown) this.take(shown);
    if (said !== '') this.note(said);
  }

  private fail(error: unknown): void {
    this.note(messageOf(error));
  }

  /** Waits for nobody, and says what goes wrong. */
  private attempt(work: Promise<unknown>): void {
    work.catch((error: unknown) => this.fail(error));
  }

  // ---- What is shown

  /** Shows other files. */
  private take(state: PlayState): void {
    this.state = { ...state, files: state.files.map((file) => ({ ...file })) };
    this.active = Math.min(state.active ?? state.files.length - 1, state.files.length - 1);
    this.editor.forget();
    this.editor.show(this.active, this.file.text);
    this.note('');
    this.showSettings();
    this.changed();
  }

  private get file(): PlayFile {
    return this.state.files[this.active]!;
  }

  /** The files that are SQL; others only tell which tool runs them. */
  private get migrations(): { name: string; index: number }[] {
    return this.state.files.map(({ name }, index) => ({ name, index })).filter(({ name }) => name.endsWith('.sql'));
  }

  private get project(): Project {
    const { files, preset, rules, postgres, tool, environment = 'plain' } = this.state;
    return {
      files: files.map(({ name, text }) => ({ path: `/${pathOf(name)}`, text })),
      settings: { preset, rules, postgres, tool, environment },
    };
  }

  private pathAt(index: number): string {
    return `/${pathOf(this.state.files[index]!.name)}`;
  }

  private takeFiles(files: readonly PlayFile[]): void {
    const sql = files.filter(({ name }) => name.endsWith('.sql'));
    if (sql.length === 0) return this.note('There is no SQL file among what was dropped.');
    const isSupabase = sql.some(({ name }) => name.includes('supabase/'));
    // Migrations first: the others only tell which tool runs them.
    const all = [...sql, ...files.filter(({ name }) => !name.endsWith('.sql'))];
    const { preset, postgres, tool } = this.state;
    this.take({ files: all, active: 0, preset, postgres, tool, environment: isSupabase ? 'supabase' : 'plain' });
    this.choosePanel('files');
  }

  private typed(text: string): void {
    if (this.file.text === text) return;
    const wasStale = this.isStale;
    this.file.text = text;
    if (this.panel === 'proof' && this.isStale !== wasStale) this.show();
    this.lintSoon(LINT_MS);
    this.linkSoon();
  }

  /** Whether the text is another one than the one that was proven. */
  private get isStale(): boolean {
    return this.proof.text !== undefined && this.proof.text !== this.file.text;
  }

  /** There are other files, or other settings. */
  private changed(): void {
    this.findings.clear();
    this.showFile();
  }

  /** Another file is shown, of which nothing is proven yet. */
  private showFile(): void {
    if (this.proof.state === 'running') this.engine.stop();
    this.proof = { subject: this.proof.subject, state: 'none' };
    this.showFiles();
    this.show();
    this.lintSoon(0);
    this.linkSoon();
  }

  // ---- The engine

  private later(name: string, ms: number, work: () => void): void {
    clearTimeout(this.timers.get(name));
    this.timers.set(name, setTimeout(work, ms));
  }

  private linkSoon(): void {
    this.later('link', LINK_MS, () => this.attempt(this.writeLink()));
  }

  private lintSoon(ms: number): void {
    this.root.dataset.settled = 'false';
    performance.mark('play-typed');
    this.later('lint', ms, () => void this.lint());
    if (this.state.files.length > 1) this.later('report', REPORT_MS, () => void this.reportAll());
  }

  private async lint(): Promise<void> {
    const { project, active } = this;
    const path = this.pathAt(active);
    const { text } = this.file;
    try {
      const { messages } = await this.engine.ask('lint', { project, path });
      if (this.active !== active || this.editor.text !== text) return;
      this.editor.setFindings(messages);
      this.findings.set(path, messages);
      performance.measure('play-findings', 'play-typed');
      this.root.dataset.settled = 'true';
      this.showCounts();
      if (this.panel === 'findings' || (this.panel === 'diff' && this.compared !== text)) this.show();
      this.later('tell', TELL_MS, () => this.tell(`${countOf(messages)} in ${this.file.name}`));
    } catch (error) {
      this.fail(error);
    }
  }

  private async reportAll(): Promise<void> {
    const { project } = this;
    try {
      const { files } = await this.engine.ask('report', { project });
      if (project.files.some(({ text }, k) => this.state.files[k]?.text !== text)) return;
      for (const { path, messages } of files) this.findings.set(path, messages);
      this.showCounts();
      if (this.panel === 'files') this.show();
    } catch (error) {
      if (error instanceof Error && error.message !== SUPERSEDED) this.fail(error);
    }
  }

  private async fixAll(): Promise<void> {
    const { text } = this.file;
    const { output } = await this.engine.ask('fix', { project: this.project, path: this.pathAt(this.active) });
    if (this.editor.text === text) this.editor.replace(output);
    this.tell('Fixed.');
    this.parts.panelTabs.findings.focus();
  }

  private async prove(): Promise<void> {
    const { subject } = this.proof;
    const proof: ProofState = { subject, state: 'running', text: this.file.text };
    this.proof = proof;
    this.show();
    this.tell('PostgreSQL runs the file.');
    try {
      const asked = { project: this.project, path: this.pathAt(this.active), fixed: subject === 'fixed' };
      const report = await this.engine.ask('prove', asked, (progress) => {
        if ('walk' in progress) proof.walk = progress.walk;
        else Object.assign(proof, progress);
        this.showProofSoon();
      });
      Object.assign(proof, { state: 'done', report, walk: report.walk ?? proof.walk });
    } catch (error) {
      const message = messageOf(error);
      if (message === STOPPED) Object.assign(proof, { state: 'none', walk: undefined });
      else Object.assign(proof, { state: 'failed', error: message });
    }
    if (this.proof !== proof) return;
    this.show();
    if (proof.report) this.tell(verdictOf(proof.report));
  }

  private showProofSoon(): void {
    if (this.timers.has('proof')) return;
    this.timers.set(
      'proof',
      setTimeout(() => {
        this.timers.delete('proof');
        if (this.panel === 'proof' || this.panel === 'locks') this.show();
      }, 60),
    );
  }

  private async writeLink(): Promise<string | undefined> {
    const fragment = await encode({ ...this.state, active: this.active });
    this.own = fragment ?? '';
    history.replaceState(
      history.state,
      '',
      fragment === undefined ? location.pathname + location.search : `#${fragment}`,
    );
    return fragment;
  }

  // ---- Panels

  private choosePanel(panel: Panel): void {
    this.panel = panel;
    for (const [name, tab] of Object.entries(this.parts.panelTabs)) {
      tab.setAttribute('aria-selected', String(name === panel));
      tab.tabIndex = name === panel ? 0 : -1;
    }
    this.parts.panel.setAttribute('aria-labelledby', this.parts.panelTabs[panel].id);
    this.show();
  }

  private show(): void {
    if (this.panel === 'diff') this.attempt(this.showDiff());
    else this.fill(this.viewOf(this.panel));
  }

  /** Puts something into the panel. */
  private fill(...views: readonly HTMLElement[]): void {
    const { panel } = this.parts;
    this.takeAway?.();
    this.takeAway = undefined;
    // Who works with the keyboard must not lose the place.
    const focused = panel.contains(document.activeElement) ? keyOf(document.activeElement!) : undefined;
    const top = panel.scrollTop;
    panel.replaceChildren(...views);
    panel.scrollTop = top;
    if (focused === undefined) return;
    const all = [...panel.querySelectorAll<HTMLElement>('button, input, a, [tabindex]')];
    // What had been chosen may be done with, such as a fix.
    (all.find((at) => keyOf(at) === focused) ?? panel).focus();
  }

  private viewOf(panel: Exclude<Panel, 'diff'>): HTMLElement {
    const proofOptions = {
      onRun: () => void this.prove(),
      onStop: () => this.engine.stop(),
      onSubject: (subject: ProofState['subject']) => {
        this.proof.subject = subject;
        // A proof of the other text is ended by it.
        void this.prove();
      },
      onGo: (line: number) => this.editor.goTo(line),
    };
    switch (panel) {
      case 'findings':
        return findingsView(this.findings.get(this.pathAt(this.active)), {
          onGo: (line, column) => this.editor.goTo(line, column),
          onApply: (change) => this.editor.apply(change),
          onFixAll: () => this.attempt(this.fixAll()),
        });
      case 'proof':
        return proofView(this.proof, this.isStale, proofOptions);
      case 'locks':
        return locksView(this.proof, proofOptions);
      case 'files':
        return filesView(
          this.migrations.map(({ name, index }) => ({ name, index, messages: this.findings.get(this.pathAt(index)) })),
          (index) => this.open(index),
        );
    }
  }

  private async showDiff(): Promise<void> {
    const { text } = this.file;
    this.compared = text;
    const [{ showMerge }, { output, left }] = await Promise.all([
      import('./merge.ts'),
      this.engine.ask('fix', { project: this.project, path: this.pathAt(this.active) }),
    ]);
    if (this.panel !== 'diff' || this.file.text !== text) return;
    if (output === text) {
      const title = h('p', { class: 'title' }, 'Nothing to change');
      return this.fill(h('div', { class: 'empty' }, title, h('p', {}, 'There is no fix for this file.')));
    }
    const place = h('div', { class: 'merge' });
    this.fill(
      h(
        'div',
        { class: 'bar' },
        h('p', { class: 'count' }, left === 0 ? 'Nothing is left after the fixes' : `${left} left after the fixes`),
        h('button', { class: 'button primary', onclick: () => this.attempt(this.fixAll()) }, 'Write the fixes'),
      ),
      place,
    );
    this.takeAway = showMerge(place, text, output);
  }

  private showCounts(): void {
    const show = (tab: HTMLElement, file: number) => {
      const messages = this.findings.get(this.pathAt(file)) ?? [];
      const badge = tab.querySelector('.badge')!;
      badge.textContent = messages.length > 0 ? String(messages.length) : '';
      badge.className = `badge ${messages.some(({ severity }) => severity === 2) ? 'error' : 'warning'}`;
    };
    show(this.parts.panelTabs.findings, this.active);
    for (const tab of this.parts.files.querySelectorAll<HTMLElement>('[role=tab]'))
      show(tab, Number(tab.dataset.index));
  }

  // ---- Files

  private open(index: number): void {
    if (index === this.active) return this.editor.view.focus();
    this.active = index;
    this.editor.show(index, this.file.text);
    this.showFile();
  }

  private showFiles(): void {
    const { files } = this.parts;
    const names = this.migrations;
    const hadFocus = files.contains(document.activeElement);
    const isLong = names.length > MOST_TABS;
    files.toggleAttribute('hidden', isLong);
    this.parts.fileList.toggleAttribute('hidden', !isLong);
    this.parts.panelTabs.files.toggleAttribute('hidden', names.length < 2);
    if (this.panel === 'files' && names.length < 2) this.choosePanel('findings');
    if (isLong) {
      this.parts.fileList.replaceChildren(
        ...names.map(({ name, index }) => h('option', { value: index, selected: index === this.active }, name)),
      );
      return;
    }
    files.replaceChildren(...names.map(({ name, index }) => this.fileTab(name, index)));
    this.showCounts();
    if (hadFocus) files.querySelector<HTMLElement>('[aria-selected=true]')?.focus();
  }

  private fileTab(name: string, index: number): HTMLElement {
    const isActive = index === this.active;
    return h(
      'button',
      {
        role: 'tab',
        class: 'file',
        'data-index': index,
        'aria-selected': String(isActive),
        'aria-controls': this.parts.editor.id,
        tabindex: isActive ? 0 : -1,
        title: name,
        onclick: () => {
          this.open(index);
          this.parts.files.querySelector<HTMLElement>('[aria-selected=true]')?.focus();
        },
        ondblclick: () => this.rename(),
      },
      h('span', {}, name.replace(/^.*\//, '')),
      h('span', { class: 'badge' }),
    );
  }

  private add(): void {
    const nameOf = (number: number) => `${String(number).padStart(3, '0')}_next.sql`;
    let number = this.migrations.length + 1;
    while (this.isTaken(nameOf(number))) number++;
    this.state.files.push({ name: nameOf(number), text: '' });
    this.active = this.state.files.length - 1;
    this.editor.show(this.active, '');
    this.changed();
    this.editor.view.focus();
  }

  private remove(): void {
    if (this.migrations.length === 1) return this.note('The last file cannot be removed.');
    const { name } = this.file;
    this.state.files.splice(this.active, 1);
    this.active = (this.migrations.findLast(({ index }) => index < this.active) ?? this.migrations[0]!).index;
    this.editor.forget();
    this.editor.show(this.active, this.file.text);
    this.changed();
    this.tell(`${name} is removed.`);
  }

  private isTaken(name: string, besides?: PlayFile): boolean {
    return this.state.files.some((file) => file !== besides && pathOf(file.name) === pathOf(name));
  }

  private rename(): void {
    const { file, parts } = this;
    parts.name.value = file.name;
    parts.dialog.showModal();
    parts.name.select();
  }

  private renamed(): void {
    const name = this.parts.name.value.trim().replace(/^\/+/, '');
    this.parts.dialog.close();
    if (name === '' || name.split('/').includes('..')) return;
    const whole = name.endsWith('.sql') ? name : `${name}.sql`;
    if (this.isTaken(whole, this.file)) return this.note(`There is a file ${whole} already.`);
    this.file.name = whole;
    this.changed();
  }

  // ---- Menus and messages

  private menus(): HTMLElement[] {
    const { parts } = this;
    const update = (change: Partial<PlayState>) => {
      Object.assign(this.state, change);
      this.changed();
    };
    parts.preset.onchange = () => update({ preset: (parts.preset.value || undefined) as PlayState['preset'] });
    parts.postgres.onchange = () => update({ postgres: Number(parts.postgres.value) || undefined });
    parts.tool.onchange = () => update({ tool: (parts.tool.value || undefined) as PlayState['tool'] });
    parts.environment.onchange = () => update({ environment: parts.environment.value as 'plain' | 'supabase' });
    // The pointer comes before the focus: the list opens between them.
    parts.example.onpointerdown = parts.example.onfocus = () => this.attempt(this.knownExamples());
    parts.example.onchange = () => this.attempt(this.chooseExample());
    parts.fileList.onchange = () => this.open(Number(parts.fileList.value));
    parts.folder.onchange = () => {
      if (parts.folder.files) this.attempt(chosenFiles(parts.folder.files).then((files) => this.takeFiles(files)));
      parts.folder.value = '';
    };
    parts.add.onclick = () => this.add();
    parts.rename.onclick = () => this.rename();
    parts.remove.onclick = () => this.remove();
    parts.renameForm.onsubmit = (event) => {
      event.preventDefault();
      this.renamed();
    };
    for (const [panel, tab] of Object.entries(parts.panelTabs))
      tab.onclick = () => {
        this.choosePanel(panel as Panel);
        tab.focus();
      };
    const copy = (label: string, sign: 'link' | 'command', text: () => Promise<string | undefined>) =>
      h('button', { class: 'button', onclick: () => this.attempt(this.copy(label, text)) }, icon(sign), label);
    return [
      h('button', { class: 'button', onclick: () => parts.folder.click() }, icon('folder'), 'Open a folder'),
      copy('Copy link', 'link', async () => ((await this.writeLink()) === undefined ? undefined : location.href)),
      copy('Copy as command', 'command', () => Promise.resolve(commandOf(this.state))),
    ];
  }

  private async copy(label: string, text: () => Promise<string | undefined>): Promise<void> {
    const copied = await text();
    if (copied === undefined) return this.note('This is too long for a link. Copy it as a command.');
    try {
      await navigator.clipboard.writeText(copied);
      this.note(`${label === 'Copy link' ? 'The link' : 'The command'} is in the clipboard.`);
    } catch {
      this.note('The browser does not let this page write to the clipboard.');
    }
  }

  private knownExamples(): Promise<readonly Example[]> {
    this.examples ??= this.fillExamples();
    this.examples.catch(() => (this.examples = undefined));
    return this.examples;
  }

  private async fillExamples(): Promise<readonly Example[]> {
    const all = await examples();
    const groups = Map.groupBy(
      all.map((example, k) => ({ ...example, k })),
      ({ group }) => group,
    );
    this.parts.example.append(
      ...[...groups].map(([label, own]) =>
        h('optgroup', { label }, ...own.map(({ title, k }) => h('option', { value: k }, title))),
      ),
    );
    return all;
  }

  private async chooseExample(): Promise<void> {
    const chosen = Number(this.parts.example.value);
    this.parts.example.value = '';
    const example = (await this.knownExamples())[chosen];
    if (!example) return;
    this.take(await example.load());
    this.tell(`${example.title} is shown.`);
  }

  private showSettings(): void {
    const { preset, postgres, tool, environment = 'plain' } = this.state;
    const { parts } = this;
    parts.preset.value = preset ?? '';
    parts.postgres.value = postgres === undefined ? '' : String(postgres);
    parts.tool.value = tool ?? '';
    parts.environment.value = environment;
  }

  /** Says something to those who do not see the page. */
  private tell(said: string): void {
    this.parts.status.textContent = said;
  }

  /** Says something to all, until it is said otherwise. */
  private note(said: string): void {
    this.parts.note.replaceChildren(
      ...(said === ''
        ? []
        : [
            h('p', {}, said),
            h('button', { class: 'text', 'aria-label': 'Close', onclick: () => this.note('') }, icon('close')),
          ]),
    );
    this.later('note', 8000, () => this.parts.note.replaceChildren());
  }
}

const messageOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));

/** What tells an element of a panel from others when it is shown anew. */
const keyOf = (element: Element): string =>
  element.id ||
  [element.tagName, element.getAttribute('aria-label') ?? element.textContent, element.getAttribute('value')].join(' ');

/** The parts that are there all the time. */
function partsOf() {
  const select = (name: string, options: readonly (readonly [value: string, label: string])[]) =>
    h('select', { id: newId(name), name }, ...options.map(([value, label]) => h('option', { value }, label)));
  const tab = (panel: Panel) =>
    h(
      'button',
      {
        role: 'tab',
        id: newId(panel),
        'aria-selected': String(panel === 'findings'),
        tabindex: panel === 'findings' ? 0 : -1,
        hidden: panel === 'files',
      },
      PANELS[panel],
      panel === 'findings' && h('span', { class: 'badge' }),
    );
  const panelTabs = {
    findings: tab('findings'),
    diff: tab('diff'),
    proof: tab('proof'),
    locks: tab('locks'),
    files: tab('files'),
  } satisfies Record<Panel, HTMLElement>;
  const name = h('input', { name: 'name', id: newId('name'), autocomplete: 'off', spellcheck: 'false' });
  const renameForm = h(
    'form',
    { method: 'dialog' },
    h('label', { for: name.id }, 'Name of the file'),
    name,
    h('p', { class: 'soft' }, 'Files run in the order of their names, or as their tool orders them.'),
    h('div', { class: 'actions' }, h('button', { class: 'button primary' }, 'Rename')),
  );
  const sign = (label: string, name: 'plus' | 'close') =>
    h('button', { class: 'sign', 'aria-label': label, title: label }, icon(name));
  const editor = h('div', { class: 'editor', id: newId('editor'), role: 'tabpanel', 'aria-label': 'The file' });
  const panel = h('div', {
    class: 'panel',
    role: 'tabpanel',
    id: newId('panel'),
    'aria-labelledby': panelTabs.findings.id,
    tabindex: 0,
  });
  for (const one of Object.values(panelTabs)) one.setAttribute('aria-controls', panel.id);
  return {
    preset: select('preset', [['', 'default']]),
    postgres: select('postgres', [
      ['', '14 and later'],
      ...[18, 17, 16, 15, 13, 12].map(
        (version) => [String(version), version === 18 ? '18' : `${version} and later`] as const,
      ),
    ]),
    tool: select('tool', [['', 'as the files tell']]),
    environment: select('environment', [
      ['plain', 'plain'],
      ['supabase', 'Supabase'],
    ]),
    example: select('example', [['', 'Choose one …']]),
    fileList: h('select', { class: 'file-list', 'aria-label': 'File', hidden: true }),
    files: h('div', { class: 'tabs', role: 'tablist', 'aria-label': 'Files, in the order in which they run' }),
    folder: h('input', {
      type: 'file',
      webkitdirectory: true,
      multiple: true,
      hidden: true,
      'aria-label': 'A folder of migrations',
    }),
    add: sign('Add a file', 'plus'),
    rename: h('button', { class: 'text' }, 'Rename'),
    remove: sign('Remove this file', 'close'),
    dialog: h('dialog', { 'aria-label': 'Rename the file' }, renameForm),
    renameForm,
    name,
    editor,
    panelTabs,
    panels: h('div', { class: 'tabs', role: 'tablist', 'aria-label': 'Results' }, ...Object.values(panelTabs)),
    panel,
    status: h('div', { class: 'hidden', role: 'status' }),
    note: h('div', { class: 'note', role: 'status' }),
  };
}

/** How the parts lie. */
function layOut(parts: ReturnType<typeof partsOf>, buttons: readonly HTMLElement[]): HTMLElement[] {
  const setting = (label: string, select: HTMLElement) =>
    h('div', { class: 'setting' }, h('label', { for: select.id }, label), select);
  return [
    h(
      'div',
      { class: 'toolbar' },
      h(
        'div',
        { class: 'settings' },
        setting('Example', parts.example),
        setting('Preset', parts.preset),
        setting('PostgreSQL', parts.postgres),
        setting('Migration tool', parts.tool),
        setting('Environment', parts.environment),
      ),
      h('div', { class: 'buttons' }, ...buttons, parts.folder),
    ),
    parts.note,
    h(
      'div',
      { class: 'sides' },
      h(
        'section',
        { class: 'side', 'aria-label': 'Migrations' },
        h(
          'div',
          { class: 'row' },
          parts.files,
          parts.fileList,
          parts.add,
          h('span', { class: 'gap' }),
          parts.rename,
          parts.remove,
        ),
        parts.editor,
        h(
          'p',
          { class: 'hint' },
          'Tab indents. Press ',
          h('kbd', {}, 'Esc'),
          ', then ',
          h('kbd', {}, 'Tab'),
          ' to leave the editor. Drop files or a folder anywhere here; nothing leaves your browser.',
        ),
      ),
      h('section', { class: 'side', 'aria-label': 'Results' }, h('div', { class: 'row' }, parts.panels), parts.panel),
    ),
    h('div', { class: 'drop', 'aria-hidden': 'true' }, h('p', {}, 'Drop SQL files, or a folder of migrations')),
    parts.dialog,
    parts.status,
  ];
}
