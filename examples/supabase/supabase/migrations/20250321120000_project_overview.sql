CREATE VIEW project_overview WITH (security_invoker = true) AS
SELECT
  p.id,
  p.team_id,
  p.name,
  count(t.id) FILTER (WHERE t.status <> 'done') AS open_tasks,
  count(t.id) FILTER (WHERE t.status = 'done')  AS done_tasks,
  max(t.updated_at)                             AS last_activity
FROM projects p
LEFT JOIN tasks t ON t.project_id = p.id
WHERE NOT p.archived
GROUP BY p.id;

GRANT SELECT ON project_overview TO authenticated;

-- superseded by tasks_project_id_status_idx and the priority sort below
DROP INDEX tasks_project_id_status_idx;
CREATE INDEX tasks_board_idx ON tasks (project_id, status, priority DESC, position);

DROP POLICY "Members work on projects" ON projects;
CREATE POLICY "Members see projects" ON projects FOR SELECT TO authenticated USING (is_team_member(team_id));
CREATE POLICY "Members create projects" ON projects FOR INSERT TO authenticated WITH CHECK (is_team_member(team_id));
CREATE POLICY "Members change projects" ON projects FOR UPDATE TO authenticated USING (is_team_member(team_id));
