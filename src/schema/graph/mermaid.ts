/** A schema as an entity relationship diagram of Mermaid. */
import { printable } from '../../printable.ts';
import { plural } from '../../plural.ts';
import { homeOf, policiesOf, type GraphColumn, type GraphLink, type GraphRelation, type SchemaGraph } from './model.ts';

/**
 * The text of the diagram. Names that Mermaid cannot read are written with underscores, and as they are in the comment
 * beside them. What is written is understood by the versions of Mermaid since 10.
 * @param notes what is said above the diagram
 */
export function mermaidOf(graph: SchemaGraph, notes: readonly string[] = []): string {
  const { relations, links, enums } = graph;
  const ids = idsOf([...relations, ...enums]);
  const home = homeOf(graph);
  const titleOf = ({ schema, name }: { schema: string; name: string }) =>
    schema === home ? name : `${schema}.${name}`;
  return [
    ...notes.map((note) => `%% ${oneLine(note).replaceAll(/[{}]/g, ' ')}`),
    'erDiagram',
    ...relations.map((relation) =>
      entity(
        ids.get(relation.id)!,
        [titleOf(relation), ...saidOf(relation)].join(', '),
        relation.columns.map(attribute),
      ),
    ),
    ...enums.map((type) =>
      entity(
        ids.get(type.id)!,
        `${titleOf(type)}, enum`,
        type.labels.map((label) => attributeOf('value', label, [], [])),
      ),
    ),
    ...links.map((link) => relationship(link, ids)),
    '',
  ].join('\n');
}

/** What stands beside the name of a relation: what it is, and its row level security. */
function saidOf({ kind, security, partitioned, isInvoker, isOutside }: GraphRelation): string[] {
  return [
    ...(kind === 'table' ? [] : [isInvoker === true ? `${kind} of the invoker` : kind]),
    ...(isOutside ? ['not drawn in full'] : []),
    ...(partitioned ? [`partitioned by ${partitioned.by}`, plural(partitioned.count, 'partition')] : []),
    ...(security && (security.state !== 'off' || security.policies > 0)
      ? [`RLS ${security.state}`, policiesOf(security)]
      : []),
  ];
}

function attribute({ name, type, isNotNull, keys }: GraphColumn): string {
  // What a primary key holds is never null.
  return attributeOf(type ?? 'column', name, keys, isNotNull && !keys.includes('PK') ? ['not null'] : []);
}

function attributeOf(type: string, name: string, keys: readonly string[], said: readonly string[]): string {
  const [writtenType, writtenName] = [word(type), word(name)];
  const comment = [...(writtenName === name ? [] : [name]), ...(writtenType === type ? [] : [type]), ...said].join(
    ', ',
  );
  const parts = [writtenType, writtenName, keys.join(', '), comment === '' ? '' : `"${text(comment)}"`];
  return parts.filter((part) => part !== '').join(' ');
}

function entity(id: string, title: string, attributes: readonly string[]): string {
  const head = `  ${id}["${text(title)}"]`;
  return attributes.length === 0 ? head : [`${head} {`, ...attributes.map((line) => `    ${line}`), '  }'].join('\n');
}

function relationship(link: GraphLink, ids: ReadonlyMap<string, string>): string {
  const [to, from] = [ids.get(link.to)!, ids.get(link.from)!];
  if (link.kind === 'view') return `  ${to} ||..o{ ${from} : "is read by"`;
  if (link.kind === 'inheritance') return `  ${to} ||..o{ ${from} : "is inherited by"`;
  const cardinality = `${link.isOptional ? '|o' : '||'}--${link.isUnique ? 'o|' : 'o{'}`;
  return `  ${to} ${cardinality} ${from} : "${text(link.fromColumns.join(', '))}"`;
}

/** Names for the entities that Mermaid reads in any version, each once. */
function idsOf(named: readonly { id: string; schema: string; name: string }[]): Map<string, string> {
  const taken = new Set<string>();
  const ids = new Map<string, string>();
  for (const { id, schema, name } of named) {
    const simple = `${schema === 'public' ? '' : `${schema}_`}${name}`.replaceAll(/[^A-Za-z0-9_]+/g, '_');
    const base = /^[a-z]/i.test(simple) && !KEYWORD.test(simple) ? simple : `t_${simple}`;
    let own = base;
    for (let k = 2; taken.has(own.toLowerCase()); k++) own = `${base}_${k}`;
    taken.add(own.toLowerCase());
    ids.set(id, own);
  }
  return ids;
}

const KEYWORD = /^(?:acctitle|accdescr|class|classdef|direction|end|erdiagram|many|one|style|subgraph|title|to|u)$/i;

/** A word that Mermaid takes for the type or the name of an attribute. */
function word(name: string): string {
  const written = name.replaceAll(/[^A-Za-z0-9_()[\]]+/g, '_').replace(/^(?=[^A-Za-z_])/, '_');
  // These stand for keys, whatever is behind them.
  return /^[pfu]k\b/i.test(written) ? `_${written}` : written;
}

const ENTITIES: Readonly<Record<string, string>> = { '"': '#quot;', '<': '#lt;', '>': '#gt;', '&': '#amp;' };

/** Text between double quotes. Mermaid reads entities in it; a character that it gives a meaning to is written so. */
const text = (written: string): string =>
  oneLine(written)
    .replaceAll(/[^\w\s.,:()[\]'/\u0080-\uffff-]|_(?=_)/g, (char) => ENTITIES[char] ?? `#${char.charCodeAt(0)};`)
    // Wherever these two words stand in a line, Mermaid takes them for the direction of the diagram.
    .replaceAll(/(d)(?=irection\s+(?:TB|BT|RL|LR))/gi, (char) => `#${char.charCodeAt(0)};`);

const oneLine = (written: string): string => printable(written).replaceAll(/\s+/g, ' ');
