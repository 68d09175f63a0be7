/** Examples: a few that show what the tool is for, and all that stand on the pages of the rules and in the gallery. */
import type { PlayState } from './link.ts';

export interface Example {
  group: string;
  title: string;
  load: () => Promise<PlayState>;
}

const NOTES = `create table notes (
  id bigint generated always as identity primary key,
  author uuid not null,
  body text not null
);

create index notes_author on notes (author);

alter table notes enable row level security;

create policy "own notes" on notes
  using (author = current_setting('app.user')::uuid);
`;

const PRIORITY = `create type priority as enum ('low', 'normal', 'high');

alter table notes add column priority priority not null default 'normal';

alter table notes add constraint body_not_empty check (body <> '');

insert into notes (author, body)
  values ('7f1c1c9e-52a5-4d43-8f3a-0a3c2a4b6d11', 'Welcome');
`;

/** What the page begins with. */
export const DEFAULT: PlayState = {
  files: [
    { name: '001_notes.sql', text: NOTES },
    { name: '002_priority.sql', text: PRIORITY },
  ],
  active: 0,
};

const given = (title: string, state: PlayState): Example => ({
  group: 'Begin with',
  title,
  load: () => Promise.resolve(state),
});

const BASIC: readonly Example[] = [
  given('A table and its policy', DEFAULT),
  given('A Supabase project', {
    environment: 'supabase',
    files: [
      {
        name: 'supabase/migrations/20260301090000_profiles.sql',
        text: `create table public.profiles (
  id uuid primary key references auth.users (id) on delete cascade,
  name text
);

create policy "read own" on public.profiles for select
  using (auth.uid() = id);

create function public.on_new_user() returns trigger
language plpgsql security definer as $$
begin
  insert into public.profiles (id) values (new.id);
  return new;
end $$;

create trigger on_new_user after insert on auth.users
  for each row execute function public.on_new_user();
`,
      },
    ],
  }),
  given('A change that locks a busy table', {
    preset: 'strict',
    files: [
      {
        name: '001_orders.sql',
        text: `create table if not exists orders (
  id bigint generated always as identity primary key,
  customer bigint not null,
  total numeric not null
);
`,
      },
      {
        name: '002_orders_status.sql',
        text: `alter table orders add column status text not null default 'new';

alter table orders add constraint total_positive check (total >= 0);

create index orders_customer on orders (customer);

alter table orders alter column total type numeric(12, 2);
`,
      },
    ],
  }),
];

const pages = import.meta.glob<string>('../../docs/rules/*.md', { query: '?raw', import: 'default' });

const rules = (): Example[] =>
  Object.entries(pages).map(([path, load]) => {
    const title = path.replace(/^.*\/|\.md$/g, '');
    return {
      group: 'Rules',
      title,
      load: async () => ruleExample(title, await load()),
    };
  });

/** The SQL under the headline The problem. */
function ruleExample(rule: string, page: string): PlayState {
  const problem = page.split(/^## /m).find((section) => section.startsWith('The problem')) ?? page;
  const preset = /^- Presets: (\w+)/m.exec(page)?.[1];
  const files = blocksOf(problem).map((text, k) => ({ name: `${String(k + 1).padStart(3, '0')}_example.sql`, text }));
  return {
    files: files.length > 0 ? files : [{ name: '001_example.sql', text: `-- ${rule} has no example in SQL\n` }],
    preset: (preset ?? 'strict') as PlayState['preset'],
    ...(/supabase|auth/.test(rule) && { environment: 'supabase' as const }),
  };
}

const blocksOf = (section: string): string[] =>
  [...section.matchAll(/^```sql\n([^]*?)^```/gm)].map(([, text]) => text!);

async function gallery(): Promise<Example[]> {
  const { default: page } = await import('../../docs/gallery.md?raw');
  const examples: Example[] = [];
  for (const chapter of page.split(/^## /m).slice(1)) {
    const group = `Gallery: ${chapter.split('\n', 1)[0]!.toLowerCase()}`;
    for (const section of chapter.split(/^### /m).slice(1)) {
      const files = ['Given', 'Before'].flatMap((headline, k) => {
        const [, text] = new RegExp(`^${headline}\\n+(?:\`{3})sql\\n([^]*?)^\`{3}`, 'm').exec(section) ?? [];
        return text === undefined ? [] : [{ name: `${k === 0 ? '001_given' : '002_change'}.sql`, text }];
      });
      const title = section.split('\n', 1)[0]!.trim();
      if (files.length > 0) examples.push({ group, title, load: () => Promise.resolve({ files }) });
    }
  }
  return examples;
}

/** All examples, group by group. */
export const examples = async (): Promise<readonly Example[]> => [...BASIC, ...rules(), ...(await gallery())];
