CREATE TYPE public.task_status AS ENUM ('todo', 'in_progress', 'done');

CREATE TABLE public.tasks (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    project_id uuid NOT NULL REFERENCES public.projects (id) ON DELETE CASCADE,
    title text NOT NULL,
    description text,
    status public.task_status NOT NULL DEFAULT 'todo',
    assignee_id uuid REFERENCES public.profiles (id) ON DELETE SET NULL,
    due_on date,
    created_at timestamptz NOT NULL DEFAULT now(),
    updated_at timestamptz NOT NULL DEFAULT now()
);

CREATE TABLE public.comments (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    task_id bigint NOT NULL REFERENCES public.tasks (id) ON DELETE CASCADE,
    author_id uuid NOT NULL REFERENCES public.profiles (id) ON DELETE CASCADE,
    body text NOT NULL,
    created_at timestamptz NOT NULL DEFAULT now()
);

ALTER TABLE public.tasks ADD CONSTRAINT tasks_title_not_blank CHECK (btrim(title) <> '');
ALTER TABLE public.comments ADD CHECK (length(body) <= 10000);

CREATE INDEX tasks_project_id_status_idx ON public.tasks (project_id, status);
CREATE INDEX tasks_title_search_idx ON public.tasks USING gin (title extensions.gin_trgm_ops);
CREATE INDEX ON public.comments (task_id, created_at DESC);

/* keeps updated_at honest, whoever writes */
CREATE FUNCTION public.touch_updated_at() RETURNS trigger
LANGUAGE plpgsql AS $$
BEGIN
    NEW.updated_at := now();
    RETURN NEW;
END;
$$;

CREATE TRIGGER tasks_touch_updated_at
    BEFORE UPDATE ON public.tasks
    FOR EACH ROW EXECUTE FUNCTION public.touch_updated_at();

ALTER TABLE public.tasks ENABLE ROW LEVEL SECURITY;
ALTER TABLE public.comments ENABLE ROW LEVEL SECURITY;

CREATE POLICY "Members work on tasks" ON public.tasks TO authenticated
    USING (EXISTS (SELECT 1 FROM public.projects p WHERE p.id = project_id AND public.is_team_member(p.team_id)));

CREATE POLICY "Members read comments" ON public.comments FOR SELECT TO authenticated
    USING (EXISTS (SELECT 1 FROM public.tasks t WHERE t.id = task_id));

CREATE POLICY "People write their own comments" ON public.comments FOR INSERT TO authenticated
    WITH CHECK (author_id = (SELECT auth.uid()));
