alter table profiles enable row level security;
alter table teams enable row level security;
alter table team_members enable row level security;
alter table projects enable row level security;

-- security definer, or the policy on team_members would ask itself
create function is_team_member(team uuid) returns boolean
language sql stable security definer set search_path = '' as $$
  select exists (
    select 1 from public.team_members
    where team_id = team and profile_id = auth.uid()
  );
$$;

create policy "Profiles are visible to everyone signed in" on profiles
  for select to authenticated using (true);

create policy "People edit their own profile" on profiles
  for update to authenticated
  using (id = (select auth.uid()))
  with check (id = (select auth.uid()));

create policy "Members see their teams" on teams
  for select to authenticated using (is_team_member(id));

create policy "Anyone can start a team" on teams
  for insert to authenticated with check (created_by = (select auth.uid()));

create policy "Members see each other" on team_members
  for select to authenticated using (is_team_member(team_id));

create policy "Members work on projects" on projects
  for all to authenticated
  using (is_team_member(team_id))
  with check (is_team_member(team_id));
