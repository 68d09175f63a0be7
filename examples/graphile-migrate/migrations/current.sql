CREATE FUNCTION channel_count() RETURNS bigint LANGUAGE sql STABLE SET search_path = '' AS $$
  SELECT count(*) FROM public.channels
$$;

ALTER TABLE channels ADD CONSTRAINT channels_title_check CHECK (title <> '');
