/** The names of types that exist without a migration making them. */
import { lookup } from '../lookup.ts';

const words = (text: string): string[] => text.trim().split(/\s+/);

/** Types that people mean when they write one that does not exist. */
export const COMMON_TYPES: readonly string[] = words(`
  text varchar char character uuid json jsonb integer int bigint smallint int2 int4 int8 boolean bool numeric decimal
  real float float4 float8 timestamp timestamptz date time timetz interval bytea inet cidr macaddr xml tsvector tsquery
  serial bigserial smallserial serial4 serial8 int4range int8range numrange tsrange tstzrange daterange regclass regtype
  citext hstore ltree vector geometry geography`);

/** All others of pg_type. */
const OTHER_TYPES: readonly string[] = words(`
  aclitem any anyarray anycompatible anycompatiblearray anycompatiblemultirange anycompatiblenonarray anycompatiblerange
  anyelement anyenum anymultirange anynonarray anyrange bit bpchar box cid circle cstring datemultirange dec
  event_trigger fdw_handler gtsvector index_am_handler int2vector int4multirange int8multirange internal jsonpath
  language_handler line lseg macaddr8 money name nchar national nummultirange oid oidvector oid8 path
  pg_brin_bloom_summary pg_brin_minmax_multi_summary pg_ddl_command pg_dependencies pg_lsn pg_mcv_list pg_ndistinct
  pg_node_tree pg_snapshot point polygon record refcursor regcollation regconfig regdictionary regnamespace regoper
  regoperator regproc regprocedure regrole regdatabase serial2 setof table_am_handler tid trigger tsm_handler
  tsmultirange tstzmultirange txid_snapshot unknown varbit void xid xid8`);

/** Those of extensions that are in common use. */
const EXTENSION_TYPES: readonly string[] = words(`
  citext hstore ltree vector geometry geography
  box2d box3d box2df geomval raster topogeometry geometry_dump valid_detail addbandarg rastbandarg reclassarg spheroid
  gidx norm_addy stdaddr cube seg earth lquery ltxtquery lquery halfvec sparsevec tablefunc_crosstab_2 query_int
  gbtreekey4 gbtreekey8 gtrgm intbig_gkey ean13 isbn isbn13 ismn ismn13 issn issn13 upc semver ulid pgulid ksuid uri
  emailaddr email h3index roaringbitmap pgmp mpz mpq hll tdigest uint1 uint2 uint4 uint8 int1 http_request http_response
  http_header http_method message_record queue_record metrics_result debversion country currency ip4 ip4r ip6 ip6r
  ipaddress iprange periods pg_tle_features complex unit agtype graphid vertex edge timescaledb_information chkpass
  country_code tsml_job pgrouting bson pcpoint pcpatch stem tstzspan tfloat tgeompoint digest md5hash sha1 sha224 sha256
  sha384 sha512 prefix_range`);

const KNOWN = new Set([...COMMON_TYPES, ...OTHER_TYPES, ...EXTENSION_TYPES]);
const OWN = new Set([...COMMON_TYPES, ...OTHER_TYPES].filter((name) => !EXTENSION_TYPES.includes(name)));

/** Whether PostgreSQL or a common extension has a type of that name, an array of one included (`_text`). */
export const isKnownType = (name: string): boolean =>
  KNOWN.has(name) || (name.startsWith('_') && KNOWN.has(name.slice(1)));

/** Whether PostgreSQL itself has a type of that name. */
export const isOwnType = (name: string): boolean => OWN.has(name) || (name.startsWith('_') && OWN.has(name.slice(1)));

/** What other databases call a type, and slips that lie as near to one type as to another. */
export const MISTAKEN_TYPES = lookup<string>({
  timestampz: 'timestamptz',
  timestamp_tz: 'timestamptz',
  timestamp_z: 'timestamptz',
  timestampt: 'timestamptz',
  timestamp_with_tz: 'timestamptz',
  timestamp_with_timezone: 'timestamptz',
  datetimetz: 'timestamptz',
  datetimeoffset: 'timestamptz',
  datetime: 'timestamp',
  datetime2: 'timestamp',
  smalldatetime: 'timestamp',
  varchar2: 'varchar',
  nvarchar: 'varchar',
  nvarchar2: 'varchar',
  string: 'text',
  str: 'text',
  clob: 'text',
  ntext: 'text',
  tinytext: 'text',
  mediumtext: 'text',
  longtext: 'text',
  number: 'numeric',
  tinyint: 'smallint',
  mediumint: 'integer',
  int16: 'smallint',
  int32: 'integer',
  int64: 'bigint',
  long: 'bigint',
  double: 'double precision',
  binary: 'bytea',
  varbinary: 'bytea',
  blob: 'bytea',
  tinyblob: 'bytea',
  mediumblob: 'bytea',
  longblob: 'bytea',
  uniqueidentifier: 'uuid',
  guid: 'uuid',
});

/** Types that may be followed by a length or a precision. */
export const takesModifiers = (type: string): boolean =>
  /^(var)?char$|^character$|^numeric$|^decimal$|^timestamp(tz)?$|^time(tz)?$|^interval$|^vector$|^float$/.test(type);
