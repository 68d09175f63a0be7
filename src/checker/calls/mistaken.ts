/** Functions of other databases, and what PostgreSQL has in their place. */
interface Mistaken {
  /** Another name for the same arguments. */
  name?: string;
  /** What the whole call becomes. */
  call?: string;
  /** What to write, as a sentence, where the arguments are others. */
  advice?: string;
  /** With how many arguments it is meant; undefined for any number. */
  count?: number;
}

const named = (name: string, count?: number): Mistaken => ({ name, ...(count !== undefined && { count }) });
const becomes = (call: string): Mistaken => ({ call, count: 0 });
const advise = (advice: string): Mistaken => ({ advice });

const UUID = becomes('gen_random_uuid()');
const NOW = becomes('now()');
const EXTRACT = advise('Write extract(… FROM …).');
const INTERVAL = advise("Add or subtract an interval: at + interval '1 day'.");

export const MISTAKEN_FUNCTIONS: ReadonlyMap<string, Mistaken> = new Map(
  Object.entries({
    newid: UUID,
    newsequentialid: UUID,
    sys_guid: UUID,
    uuid: UUID,
    uuid_v4: UUID,
    gen_uuid: UUID,
    generate_uuid: UUID,
    random_uuid: UUID,
    getdate: NOW,
    getutcdate: NOW,
    sysdate: NOW,
    sysdatetime: NOW,
    sysdatetimeoffset: NOW,
    curdate: becomes('CURRENT_DATE'),
    curtime: becomes('LOCALTIME'),
    utc_timestamp: becomes("(now() AT TIME ZONE 'utc')"),
    unix_timestamp: becomes('extract(epoch FROM now())'),
    last_insert_id: becomes('lastval()'),
    scope_identity: becomes('lastval()'),
    rand: becomes('random()'),
    ifnull: named('coalesce', 2),
    isnull: named('coalesce', 2),
    nvl: named('coalesce', 2),
    len: named('length', 1),
    ucase: named('upper', 1),
    lcase: named('lower', 1),
    toupper: named('upper', 1),
    tolower: named('lower', 1),
    mid: named('substr', 3),
    instr: named('strpos', 2),
    from_unixtime: named('to_timestamp', 1),
    charindex: advise('Write strpos(text, part): the arguments stand in the other order.'),
    locate: advise('Write strpos(text, part): the arguments stand in the other order.'),
    group_concat: advise("Write string_agg(x, ',')."),
    listagg: advise("Write string_agg(x, ',')."),
    date_format: advise("Write to_char(at, 'YYYY-MM-DD')."),
    strftime: advise("Write to_char(at, 'YYYY-MM-DD')."),
    str_to_date: advise("Write to_date(text, 'YYYY-MM-DD') or to_timestamp()."),
    dateadd: INTERVAL,
    date_sub: INTERVAL,
    datediff: advise('Subtract one date from the other.'),
    timestampdiff: advise('Subtract one timestamp from the other.'),
    iif: advise('Write CASE WHEN … THEN … ELSE … END.'),
    if: advise('Write CASE WHEN … THEN … ELSE … END.'),
    json_extract: advise("Write data -> 'key', or data ->> 'key' for a text."),
    json_contains: advise('Write data @> part.'),
    find_in_set: advise('Write x = ANY (list).'),
    substring_index: advise('Write split_part(text, separator, n).'),
    year: EXTRACT,
    month: EXTRACT,
    day: EXTRACT,
  }),
);

/** Functions of Supabase's schemas that there are not, and the name of the one that was meant. */
export const MISTAKEN_IN_SCHEMAS: ReadonlyMap<string, string> = new Map(
  Object.entries({
    'auth.id': 'uid',
    'auth.user_id': 'uid',
    'auth.userid': 'uid',
    'auth.get_uid': 'uid',
    'auth.current_user_id': 'uid',
    'auth.user': 'uid',
    'auth.current_user': 'uid',
    'auth.user_role': 'role',
    'auth.get_role': 'role',
    'auth.token': 'jwt',
    'auth.claims': 'jwt',
    'auth.get_jwt': 'jwt',
    'auth.user_email': 'email',
  }),
);
