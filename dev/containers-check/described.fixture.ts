/** What Containerfile, compose.yaml and tools.yaml say, for tests that hold it against something else. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'yaml';

export const deploy = join(import.meta.dirname, '..', '..', 'deploy');
export const containers = join(deploy, 'containers');

export interface Service {
  readonly image: string;
  readonly command?: readonly string[];
  readonly entrypoint?: readonly string[];
  readonly environment?: Readonly<Record<string, string>>;
  readonly user?: string;
  readonly read_only?: boolean;
  readonly cap_drop?: readonly string[];
  readonly cap_add?: readonly string[];
  readonly security_opt?: readonly string[];
  readonly volumes?: readonly string[];
  readonly tmpfs?: readonly string[];
  readonly secrets?: readonly string[];
  readonly networks?: readonly string[];
  readonly ports?: readonly string[];
}
interface Compose {
  readonly services: Readonly<Record<string, Service>>;
  readonly networks: Readonly<Record<string, { readonly internal?: boolean } | null>>;
}

const readCompose = (file: string): Compose =>
  parse(readFileSync(join(containers, file), 'utf8'), { merge: true }) as Compose;
export const compose = readCompose('compose.yaml');
export const all: Readonly<Record<string, Service>> = {
  ...compose.services,
  ...readCompose('tools.yaml').services,
};
/** Of an image of ours. */
export const own = Object.entries(all).filter(([, { image }]) => image.includes('COUNTERSIGN_IMAGES'));

/** Folder → name of the volume, without the access. */
export const mounts = ({
  volumes = [],
}: Service): ReadonlyMap<string, { readonly from: string; readonly readOnly: boolean }> =>
  new Map(
    volumes.map((text) => {
      const [from = '', to = '', access] = text.split(':');
      return [to, { from, readOnly: access === 'ro' }] as const;
    }),
  );

const containerfile = readFileSync(join(containers, 'Containerfile'), 'utf8');
/** Target → its part of the Containerfile. */
export const targets: ReadonlyMap<string, string> = new Map(
  containerfile
    .split(/^FROM /m)
    .slice(1)
    .map((text) => [/ AS (\S+)/.exec(text)?.[1] ?? '', text] as const),
);
/** Number → user and names of groups, as the images have them. */
export const users: ReadonlyMap<string, { readonly name: string; readonly groups: readonly string[] }> =
  new Map(
    [...containerfile.matchAll(/&& add (\d+) (\S+) (\S+)/g)].map(
      ([, number = '', name = '', groups = '']) => {
        const names = groups.split(',').filter((one) => one !== "''");
        return [number, { name: `countersign-${name}`, groups: names }] as const;
      },
    ),
  );
/** Name → number. */
export const groupNumbers: ReadonlyMap<string, string> = new Map(
  [...containerfile.matchAll(/groupadd --gid (\d+) (\S+)/g)].map(
    ([, number = '', name = '']) => [name, number] as const,
  ),
);
/** `portal`, `signer` …, of the name of an image. */
export const targetOf = (image: string): string => /\/([a-z]+):/.exec(image)?.[1] ?? '';
/** Whom a service runs as: whom compose.yaml names, or its image. */
export const userOf = ({ user, image }: Service): string =>
  user ?? /^USER (\S+)$/m.exec(targets.get(targetOf(image)) ?? '')?.[1] ?? '';
/** Numbers of the further groups that it has then. */
export const groupsOf = (service: Service): readonly string[] =>
  (users.get(userOf(service))?.groups ?? []).map((name) => groupNumbers.get(name) ?? name);
