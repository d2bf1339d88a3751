/** The files of a Swift cluster on one machine, with one copy of everything and the S3 interface (s3api). */

/** The three stores behind the proxy, and what each needs in its ring. */
export const backends = ['account', 'container', 'object'] as const;
export type Backend = (typeof backends)[number];

/** Of a user of the one account; tempauth takes both from the proxy's configuration. */
export interface StorageKeys {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
}

/** Everybody's, in swift.conf: the secrets that paths are hashed with, and one policy. */
export const clusterFile = (prefix: string, suffix: string): string =>
  lines([
    '[swift-hash]',
    `swift_hash_path_prefix = ${prefix}`,
    `swift_hash_path_suffix = ${suffix}`,
    '[storage-policy:0]',
    'name = one-copy',
    'default = yes',
  ]);

interface Placed {
  readonly folder: string;
  readonly user: string;
  readonly port: number;
}

export const backendFile = (backend: Backend, { folder, user, port }: Placed): string =>
  lines([
    ...serverLines({ folder, user, port }),
    `devices = ${folder}/devices`,
    'mount_check = false',
    '[pipeline:main]',
    `pipeline = ${backend}-server`,
    `[app:${backend}-server]`,
    `use = egg:swift#${backend}`,
    // The default tells the disk's cache to forget large files; tests read them again at once.
    ...(backend === 'object' ? ['keep_cache_size = 104857600'] : []),
  ]);

/** `cache`: the port of its memcached, without which tempauth lets nobody in. */
export const proxyFile = (
  placed: Placed & { readonly cache: number },
  admin: StorageKeys,
  users: readonly StorageKeys[],
): string =>
  lines([
    ...serverLines(placed),
    '[pipeline:main]',
    'pipeline = catch_errors cache listing_formats s3api tempauth copy slo dlo proxy-server',
    '[app:proxy-server]',
    'use = egg:swift#proxy',
    'allow_account_management = true',
    'account_autocreate = true',
    '[filter:catch_errors]',
    'use = egg:swift#catch_errors',
    '[filter:cache]',
    'use = egg:swift#memcache',
    `memcache_servers = 127.0.0.1:${placed.cache}`,
    '[filter:listing_formats]',
    'use = egg:swift#listing_formats',
    '[filter:s3api]',
    'use = egg:swift#s3api',
    'location = us-east-1',
    'min_segment_size = 5242880',
    '[filter:tempauth]',
    'use = egg:swift#tempauth',
    userLine(admin, ' .admin'),
    // May do what a bucket says, and nothing else.
    ...users.map((user) => userLine(user, '')),
    '[filter:copy]',
    'use = egg:swift#copy',
    '[filter:slo]',
    'use = egg:swift#slo',
    'allow_async_delete = false',
    '[filter:dlo]',
    'use = egg:swift#dlo',
  ]);

const userLine = ({ accessKeyId, secretAccessKey }: StorageKeys, group: string): string =>
  `user_${accessKeyId.replace(':', '_')} = ${secretAccessKey}${group}`;

const serverLines = ({ folder, user, port }: Placed): readonly string[] => [
  '[DEFAULT]',
  'bind_ip = 127.0.0.1',
  `bind_port = ${port}`,
  'workers = 0',
  `swift_dir = ${folder}`,
  `user = ${user}`,
  'log_level = WARNING',
];

const lines = (all: readonly string[]): string => `${all.join('\n')}\n`;
