/** Makes elements. */
type Child = Node | string | undefined | false;

type Attributes = Record<string, string | number | boolean | undefined | ((event: never) => void)>;

/**
 * An element with attributes and children; `on…` listens. `false` and `undefined` leave an attribute or a child out.
 */
export function h<K extends keyof HTMLElementTagNameMap>(
  tag: K,
  attributes: Attributes = {},
  ...children: readonly Child[]
): HTMLElementTagNameMap[K] {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (typeof value === 'function') element.addEventListener(name.slice(2), value as EventListener);
    else if (value === true) element.setAttribute(name, '');
    else if (value !== undefined && value !== false) element.setAttribute(name, String(value));
  }
  for (const child of children) if (child !== undefined && child !== false) element.append(child);
  return element;
}

let ids = 0;
/** An id that no other element of the page has. */
export const newId = (name: string): string => `play-${name}-${ids++}`;

const PATHS = {
  ok: 'M3.5 8.5l3 3 6-7',
  error: 'M4.5 4.5l7 7m0-7l-7 7',
  warning: 'M8 4v5m0 2.5v.5',
  link: 'M6.5 9.5l3-3M7 4.5l1-1a3 3 0 014.5 4.5l-1 1M9 11.500l-1 1A3 3 0 013.5 8l1-1',
  command: 'M3 5l3 3-3 3m5 0h5',
  folder: 'M2.5 4.500h4l1.5 2h5.500v6h-11z',
  plus: 'M8 3.500v9m-4.5-4.500h9',
  close: 'M5 5l6 6m0-6l-6 6',
  play: 'M5 3.500l7 4.5-7 4.500z',
  stop: 'M4.5 4.500h7v7h-7z',
} as const;

/** A sign, for the eyes only: words beside it, or a label, say the same. */
export function icon(name: keyof typeof PATHS): SVGSVGElement {
  const NS = 'http://www.w3.org/2000/svg';
  const svg = document.createElementNS(NS, 'svg');
  for (const [key, value] of Object.entries({
    viewBox: '0 0 16 16',
    class: `icon icon-${name}`,
    'aria-hidden': 'true',
  }))
    svg.setAttribute(key, value);
  const path = document.createElementNS(NS, 'path');
  path.setAttribute('d', PATHS[name]);
  svg.append(path);
  return svg;
}

/** Tabs, as the ARIA practices want them: arrows move between them, Home and End go to the first and the last. */
export function arrowKeys(list: HTMLElement, choose: (tab: HTMLElement) => void): void {
  list.addEventListener('keydown', (event) => {
    const tabs = [...list.querySelectorAll<HTMLElement>('[role=tab]')];
    const at = tabs.indexOf(event.target as HTMLElement);
    if (at < 0) return;
    const to = { ArrowRight: at + 1, ArrowLeft: at - 1, Home: 0, End: tabs.length - 1 }[event.key];
    if (to === undefined) return;
    event.preventDefault();
    choose(tabs[(to + tabs.length) % tabs.length]!);
  });
}
